namespace Net2Secure.Routing.Caching;

/// <summary>What the origin is asked for.</summary>
internal enum FetchMode
{
    /// <summary>What the client asks for.</summary>
    Plain,

    /// <summary>Whether the stored response still holds, if it has a validator, and else for a new one. It may have to do if the origin cannot answer.</summary>
    Validate,

    /// <summary>The rest of a body of which the beginning is stored.</summary>
    Complete,
}

/// <summary>What a request needs of the origin.</summary>
/// <param name="Mode">What is asked for.</param>
/// <param name="Stored">What is stored; <see langword="null"/> in plain mode.</param>
/// <param name="Variant">The variant, as far as it is known before the answer is.</param>
/// <param name="Reason">Why the origin is asked, as in <see cref="CacheStatus"/>.</param>
internal sealed record FetchPlan(FetchMode Mode, CachedResponse? Stored, string Variant, string Reason)
{
    /// <summary>Other variants whose entity tags are offered, in plain mode.</summary>
    public IReadOnlyList<CachedResponse> Offered { get; init; } = [];

    /// <summary>The conditions of the request are those of the cache, not the client's.</summary>
    public bool AsksByOurs => Mode == FetchMode.Validate && Stored!.Head.Policy.HasValidator;

    /// <summary>The client's conditions are not sent, so that they have to be evaluated here.</summary>
    public bool WithholdsConditions => AsksByOurs || Mode == FetchMode.Complete;
}
