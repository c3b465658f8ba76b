namespace Net2Secure.Routing.Balancing;

/// <summary>Finds how many requests at a time a destination takes without slowing down, instead of being told.</summary>
public sealed class AdaptiveLimitOptions
{
    /// <summary>Whether limits are found. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The lowest limit of a destination. 1 to 1,000,000. Default: 4.</summary>
    public int? MinRequests { get; set; }

    /// <summary>The limit of a destination that nothing is known of yet. 1 to 1,000,000. Default: 20, or the nearest that the other two allow.</summary>
    public int? InitialRequests { get; set; }

    /// <summary>The highest limit of a destination; MaxRequestsPerDestination holds too. 1 to 1,000,000. Default: 1,000.</summary>
    public int? MaxRequests { get; set; }
}
