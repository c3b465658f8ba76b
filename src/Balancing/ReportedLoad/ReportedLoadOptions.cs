namespace Net2Secure.Routing.Balancing;

/// <summary>Weighs destinations by the load that they report with their answers, in the header fields of ORCA: <c>endpoint-load-metrics</c>.</summary>
public sealed class ReportedLoadOptions
{
    /// <summary>Whether it is on. Default: <see langword="true"/>, where the section is there at all (an empty section is none).</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What errors cost: each error per request counts as this much utilisation, in percent. 0 to 1,000. Default: 100.</summary>
    public int ErrorPenaltyPercent { get; set; } = 100;

    /// <summary>The least that reports can make of a destination's configured weight, in percent. 1 to 100. Default: 20.</summary>
    public int MinPercent { get; set; } = 20;

    /// <summary>The most that reports can make of a destination's configured weight, in percent. 100 to 1,000. Default: 300.</summary>
    public int MaxPercent { get; set; } = 300;

    /// <summary>Time over which reports are smoothed: what is older counts for less and less. 100 ms to 10 min. Default: 5 s.</summary>
    public TimeSpan Smoothing { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two changes of weights. 100 ms to 1 min. Default: 1 s.</summary>
    public TimeSpan UpdatePeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Age at which a report counts for nothing any more: a destination without one keeps its configured weight. 1 s to 1 h. Default: 3 min.</summary>
    public TimeSpan Expiry { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Whether a proxy passes the fields on to its clients. Default: <see langword="false"/>.</summary>
    public bool PassOn { get; set; }
}
