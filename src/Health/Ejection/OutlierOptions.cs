namespace Net2Secure.Routing.Health;

/// <summary>What makes a destination stand out among the others of its cluster.</summary>
public sealed class OutlierOptions
{
    /// <summary>Ejects a destination whose share of failures, 5xx among them, is clearly over that of the others. Default: <see langword="true"/>.</summary>
    public bool? ErrorShare { get; set; }

    /// <summary>Ejects a destination that has answered nothing for this long although requests wait for it and the others answer. 0, or 100 ms to 5 min; 0 switches the rule off. Default: 500 ms.</summary>
    /// <remarks>It has to be ten times as long as the others take, and the fewer requests wait, the longer it has to be: 10 waiting count in full, fewer than 3 are no sign.</remarks>
    public TimeSpan? MaxSilence { get; set; }

    /// <summary>Ejects a destination that takes this many times as long as the others, by the median of what is typical for each. 0, or 2 to 1,000; 0 switches the rule off. Default: 0.</summary>
    /// <remarks>Least requests and power of two choices send a slow destination little already; the rule is for the policies that do not look at load.</remarks>
    public int? LatencyFactor { get; set; }

    /// <summary>
    /// Ejects a destination whose share of successes is below the mean of all by more than this many standard deviations, in thousandths: 1900 is 1.9. Needs 5 destinations
    /// with 100 requests each in the window. 0 to 10,000; 0 switches the rule off. Default: 0.
    /// </summary>
    public int? SuccessRateDeviation { get; set; }
}
