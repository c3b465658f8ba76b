namespace Net2Secure.Routing.Health;

/// <summary>Judging destinations by the traffic they answer.</summary>
/// <remarks>
/// Where nothing is said of it, one rule is in force: a destination that fails <see cref="ConsecutiveFailures"/> attempts in a row (refused, reset, timed out, no answer) is
/// ejected for a moment and tried again. Switched on, all rules are; switched off, none. A cluster's only destination is never ejected.
/// </remarks>
public sealed class PassiveHealthCheckOptions
{
    /// <summary>Switches all rules on, or all of them off. Where it is not set, the rule of <see cref="ConsecutiveFailures"/> is on, and the others are off.</summary>
    public bool? Enabled { get; set; }

    /// <summary>How the share of failures is judged: <c>TransportFailureRate</c> or the name of a policy of the user. Default: <c>TransportFailureRate</c>.</summary>
    /// <remarks>It stands beside the other rules, which look at what no share shows or compare a destination with the others; each of them can be switched off.</remarks>
    public string? Policy { get; set; }

    /// <summary>Time after which an unhealthy destination is tried again. 100 ms to 1 d. Default: grows with each ejection from 1 s for one that could not be reached, from 10 s for one that answers badly, up to 5 min.</summary>
    /// <remarks>Set, it is the time for every ejection, without growth and without chance.</remarks>
    public TimeSpan? ReactivationPeriod { get; set; }

    /// <summary>How far back traffic is looked at. 1 s to 10 min. Default: 10 s.</summary>
    public TimeSpan? Window { get; set; }

    /// <summary>Requests in the window below which no share is judged. 1 to 1,000,000. Default: 10.</summary>
    public int? MinimumRequests { get; set; }

    /// <summary>Share of failed attempts in the window, in percent, from which <c>TransportFailureRate</c> ejects. 1 to 100. Default: 30.</summary>
    /// <remarks>The cluster's metadata <c>TransportFailureRateHealthPolicy.RateLimit</c>, from 0 to 1, counts more, as in YARP.</remarks>
    public int? FailurePercent { get; set; }

    /// <summary>Attempts failed in a row that eject. 0 to 1,000; 0 switches the rule off. Default: 5.</summary>
    public int? ConsecutiveFailures { get; set; }

    /// <summary>Answers 502, 503 or 504 in a row that eject, unless the others answer so as well. 0 to 1,000; 0 switches the rule off. Default: 5.</summary>
    public int? ConsecutiveGatewayErrors { get; set; }

    /// <summary>Destinations that may be ejected at a time, in percent of those in service; one always may, the last never. 0 to 100; 0 ejects none. Default: 50.</summary>
    public int? MaxEjectedPercent { get; set; }

    /// <summary>Rules that compare a destination with the others. Default: the defaults of each setting.</summary>
    public OutlierOptions? Outliers { get; set; }
}
