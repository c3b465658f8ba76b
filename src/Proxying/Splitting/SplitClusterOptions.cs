namespace Net2Secure.Routing.Proxying;

/// <summary>One side of a split.</summary>
public sealed class SplitClusterOptions
{
    /// <summary>Name of the cluster. Required.</summary>
    public string ClusterId { get; set; } = "";

    /// <summary>The share of users relative to the other sides. 0 to 65,535; 0 gets nobody. Default: 1.</summary>
    public int Weight { get; set; } = 1;
}
