namespace Net2Secure.Routing.Caching;

/// <summary>A stored response whose body lies in the memory of this process.</summary>
internal interface IResidentBody
{
    /// <summary>Takes a reference to the body, to be released by the caller, and counts as a use; <see langword="null"/>: it is gone.</summary>
    BodySegments? TryTake();
}
