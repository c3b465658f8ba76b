namespace Net2Secure.Routing.Proxying;

/// <summary>Decision records: why requests went where they went. Section <c>Net2Proxy:Explain</c>.</summary>
public sealed class ExplainOptions
{
    /// <summary>Switches the records on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>One request in so many has a record; those of <see cref="TrustedCallers"/> have one always. 1 to 1,000,000. Default: 1, every request.</summary>
    public int Sample { get; set; } = 1;

    /// <summary>Records that each of the lists keeps: recent, slow, failed. 1 to 100,000. Default: 500.</summary>
    public int Capacity { get; set; } = 500;

    /// <summary>The time from which on a request counts as slow. 1 ms to 1 h. Default: 1 s.</summary>
    public TimeSpan SlowThreshold { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Addresses and networks (<c>10.0.0.0/8</c>) of callers whose answers say, in <c>Proxy-Status</c>, <c>Cache-Status</c> and <c>Server-Timing</c>, where they come from. The address is that of the connection, so a
    /// proxy in front of this one makes all of its clients trusted; names of destinations are told. Default: none.
    /// </summary>
    public IList<string> TrustedCallers { get; set; } = [];

    /// <summary>Whether spans of requests carry the record as attributes. Default: <see langword="true"/>.</summary>
    public bool SpanAttributes { get; set; } = true;
}
