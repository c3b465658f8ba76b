namespace Net2Secure.Routing.Caching;

/// <summary>What a fetch has brought, as soon as the head of the answer is there.</summary>
internal abstract record FetchOutcome
{
    private FetchOutcome()
    {
    }

    /// <summary>A response for the one who asked and nobody else.</summary>
    internal sealed record Passed(HttpResponseMessage Response, StoringVerdict Verdict) : FetchOutcome;

    /// <summary>A response that goes into the store while it arrives.</summary>
    /// <param name="Received">All end-to-end fields, as they came.</param>
    /// <param name="Head">What is stored.</param>
    /// <param name="Body">The body; others may read it.</param>
    /// <param name="LeaderBody">The body for the one who asked.</param>
    internal sealed record Storing(IReadOnlyList<FieldLine> Received, CachedHead Head, SharedBody Body, SharedBodyStream? LeaderBody) : FetchOutcome
    {
        /// <summary>What was sent for it, if it is the cache's own.</summary>
        public HttpRequestMessage? Message { get; init; }

        /// <summary>Ends, never with an error, when the body has come to its end and everything is let go.</summary>
        public Task Pumped { get; init; } = Task.CompletedTask;
    }

    /// <summary>The stored response still holds: the origin has said so.</summary>
    /// <param name="Response">The response with the fields of the answer.</param>
    /// <param name="IsForAll">Others may have it too: nothing that came with the answer is for the one who asked only.</param>
    internal sealed record Validated(CachedResponse Response, bool IsForAll) : FetchOutcome;

    /// <summary>The stored response has to do, as the origin cannot answer.</summary>
    internal sealed record Stale(CachedResponse Response, int? Status) : FetchOutcome;

    /// <summary>The origin cannot be reached, and what is stored must not be used without it (RFC 9111 §5.2.2.2).</summary>
    internal sealed record Unreachable : FetchOutcome;
}
