namespace Net2Secure.Routing.Balancing;

/// <summary>What a server says of a question (RFC 1035 §4.1.1).</summary>
internal enum DnsResponseCode
{
    None = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>What a message turned out to be.</summary>
internal enum DnsReadingKind
{
    Answer,

    /// <summary>It answers another question, or is no answer: whoever sent it, the one that is waited for may still come.</summary>
    NotOurs,

    /// <summary>There is more than fits into a datagram.</summary>
    Truncated,

    /// <summary>It answers our question and cannot be read.</summary>
    Broken,
}

/// <summary>A message that has been read.</summary>
/// <param name="Code">What the server says.</param>
/// <param name="Records">The records that answer the question.</param>
internal sealed record DnsReading(DnsResponseCode Code, IReadOnlyList<DnsRecord> Records)
{
    public static DnsReading NotOurs { get; } = new(DnsResponseCode.None, []) { Kind = DnsReadingKind.NotOurs };

    public static DnsReading Truncated { get; } = new(DnsResponseCode.None, []) { Kind = DnsReadingKind.Truncated };

    public static DnsReading Broken { get; } = new(DnsResponseCode.None, []) { Kind = DnsReadingKind.Broken };

    public DnsReadingKind Kind { get; private init; }

    /// <summary>Whether the server has said all that it has to say: that there is no such name is an answer too.</summary>
    public bool IsFinal => Kind == DnsReadingKind.Answer && Code is (DnsResponseCode.None or DnsResponseCode.NameError);
}
