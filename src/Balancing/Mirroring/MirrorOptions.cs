namespace Net2Secure.Routing.Balancing;

/// <summary>Copies requests of a cluster to another one, whose answers nobody waits for: to try a new version with real traffic.</summary>
/// <remarks>
/// A copy is sent once, to a destination that the balancing of the other cluster picks, within its limits. It never delays a request and never fails one; what cannot be copied within the bounds is not. The <c>Host</c> field of
/// a copy is that of the request, if it has one of its own, or else that of the destination that gets the copy.
/// </remarks>
public sealed class MirrorOptions
{
    /// <summary>The cluster that gets the copies. Required; another one than this.</summary>
    public string ClusterId { get; set; } = "";

    /// <summary>The share of the requests that is copied, drawn by chance, in percent. 0 to 100. Default: 100.</summary>
    public int? Percent { get; set; }

    /// <summary>Bytes of the longest request body that is copied; a request with a longer one is not. 0 to 16,777,216. Default: 65,536.</summary>
    public int? MaxBodyBytes { get; set; }

    /// <summary>The longest time for a copy, its answer included. 1 ms to 10 min. Default: 10 s.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Copies under way at one time; while there are as many, requests are not copied. 1 to 10,000. Default: 64.</summary>
    public int? MaxConcurrent { get; set; }

    /// <summary>Copies POST, PATCH and every other method that is not idempotent, too: what is ordered is ordered at the other cluster as well. Default: false.</summary>
    public bool MirrorNonIdempotent { get; set; }

    /// <summary>Name of the field that marks a copy, with the value 1; off for none. Default: X-Net2-Mirror.</summary>
    public string? Header { get; set; }
}
