namespace Net2Secure.Routing.Balancing;

/// <summary>What is to be found.</summary>
/// <param name="cluster">The settings of the cluster.</param>
/// <param name="destinationId">The name of the destination in the configuration.</param>
/// <param name="address">Its address; the host is what to look for.</param>
/// <param name="options">The settings of discovery.</param>
public readonly struct DiscoveryContext(ClusterOptions cluster, string destinationId, Uri address, DiscoveryOptions options)
{
    /// <summary>The settings of the cluster; a discovery of the user finds settings of its own in <see cref="ClusterOptions.Metadata"/>. Do not change.</summary>
    public ClusterOptions Cluster { get; } = cluster;

    /// <summary>The name of the destination in the configuration.</summary>
    public string DestinationId { get; } = destinationId;

    /// <summary>Its address; the host is what to look for.</summary>
    public Uri Address { get; } = address;

    /// <summary>The settings of discovery. Do not change.</summary>
    public DiscoveryOptions Options { get; } = options;
}
