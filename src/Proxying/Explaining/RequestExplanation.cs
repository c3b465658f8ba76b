namespace Net2Secure.Routing.Proxying;

/// <summary>What became of one request, and why. Immutable.</summary>
public sealed record RequestExplanation
{
    /// <summary>Its number in this process: later requests have higher ones.</summary>
    public required long Id { get; init; }

    /// <summary>The identifier of its trace, in hexadecimal; <see langword="null"/>: it was part of none.</summary>
    public string? TraceId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Time from its head to the last byte of the response.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Its method.</summary>
    public required string Method { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The host that it named, with its port where it named one.</summary>
    public required string Host { get; init; }

    /// <summary>Path and query as they came, with <c>*</c> for each value of the query.</summary>
    public required string Target { get; init; }

    /// <summary>The protocol of the client: <c>HTTP/1.1</c>, <c>HTTP/2</c>, <c>HTTP/3</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The address of the client; <see langword="null"/>: there was none.</summary>
    public string? Client { get; init; }

    /// <summary>The route that took it.</summary>
    public required string RouteId { get; init; }

    /// <summary>The cluster; <see langword="null"/>: the route had none.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The name of the policy that picked; <see langword="null"/>: nothing was picked.</summary>
    public string? LoadBalancingPolicy { get; init; }

    /// <summary>The destination that the client was kept on, where it was; whether it was taken is said by <see cref="Attempts"/>.</summary>
    public string? Affinity { get; init; }

    /// <summary>What the request asked of the cluster's subsets, or the cluster's default, such as <c>version=v2</c>; <see langword="null"/>: the whole cluster was for it.</summary>
    public string? Subset { get; init; }

    /// <summary>The destinations of the cluster as they stood when the first one was picked, up to 64; none where none had to be picked.</summary>
    public IReadOnlyList<CandidateExplanation> Candidates { get; init; } = [];

    /// <summary>The attempts in the order of their starts, up to 16.</summary>
    public IReadOnlyList<AttemptExplanation> Attempts { get; init; } = [];

    /// <summary>How many attempts there were.</summary>
    public int AttemptCount { get; init; }

    /// <summary>The destination of the answer, or of the last attempt; <see langword="null"/>: there was none.</summary>
    public string? DestinationId { get; init; }

    /// <summary>What the cache decided, in the words of <c>Cache-Status</c> (RFC 9211): <c>hit; ttl=20</c>, <c>fwd=stale; fwd-status=304</c>; <see langword="null"/>: there was no cache on the way.</summary>
    public string? Cache { get; init; }

    /// <summary>Status of the answer; 0: nobody was there to be answered.</summary>
    public int Status { get; init; }

    /// <summary>Why the request failed, one of <see cref="Balancing.AttemptFailureKinds"/>; <see langword="null"/>: it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Bytes of the request's body.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Bytes of the response's body.</summary>
    public long SentBytes { get; init; }
}
