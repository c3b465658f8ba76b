namespace Net2Secure.Routing.Balancing;

/// <summary>Finds the servers behind the names in a cluster's addresses, and follows their changes.</summary>
public sealed class DiscoveryOptions
{
    /// <summary>Who is asked: <c>Dns</c>, <c>DnsSrv</c>, or one that the application has registered, see <see cref="DiscoverySourceNames"/>. Default: <c>Dns</c>.</summary>
    public string? Source { get; set; }

    /// <summary>Time between two questions. 1 s to 1 d. Default: the time to live of the answer, where it is known; otherwise 30 s.</summary>
    public TimeSpan? RefreshInterval { get; set; }

    /// <summary>The shortest time to live that is believed. 1 s to 1 h. Default: 5 s.</summary>
    public TimeSpan MinTimeToLive { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time to live that is believed. 1 s to 1 d. Default: 5 min.</summary>
    public TimeSpan MaxTimeToLive { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Time for one question, all servers and repetitions included. 100 ms to 1 min. Default: 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a configuration that is new waits for its first answers before it takes effect without. 0 to 1 min. Default: 5 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Name servers: addresses, with a port where it is not 53. Up to 8. Default: for <c>DnsSrv</c> those of the system; for <c>Dns</c> its resolver.</summary>
    public IList<string> Servers { get; set; } = [];

    /// <summary>Which addresses are used: <c>Any</c>, <c>IPv4</c> or <c>IPv6</c>. Default: <c>Any</c>.</summary>
    public string? AddressFamily { get; set; }

    /// <summary>The most servers that are taken from one answer. 1 to 10,000. Default: 256.</summary>
    public int MaxDestinations { get; set; } = 256;
}
