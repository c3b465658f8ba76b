namespace Net2Secure.Routing.Caching;

/// <summary>A fresh response in memory that answers a request.</summary>
/// <param name="Response">The response.</param>
/// <param name="IsNotModified">The client has it already: the answer is a 304.</param>
internal readonly record struct Hit(CachedResponse Response, bool IsNotModified)
{
    /// <summary>Takes the body, to be released; <see langword="null"/>: it is gone.</summary>
    public BodySegments? TakeBody() => (Response as IResidentBody)?.TryTake();
}
