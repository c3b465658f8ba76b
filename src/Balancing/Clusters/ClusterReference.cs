namespace Net2Secure.Routing.Balancing;

/// <summary>How a handler finds its cluster: a live one that it holds, or the one that has a name at the time of each request.</summary>
internal sealed class ClusterReference
{
    private readonly IClusterRegistry? _registry;
    private readonly Cluster? _cluster;

    /// <summary>Refers to one live cluster.</summary>
    public ClusterReference(Cluster cluster)
    {
        _cluster = cluster;
        ClusterId = cluster.Id;
    }

    /// <summary>Refers to a name.</summary>
    public ClusterReference(IClusterRegistry registry, string clusterId)
    {
        _registry = registry;
        ClusterId = clusterId;
    }

    /// <summary>The name of the cluster.</summary>
    public string ClusterId { get; }

    /// <summary>The cluster, or <see langword="null"/> when there is none of this name.</summary>
    public Cluster? Find()
    {
        if (_cluster is not null) return _cluster;
        return _registry!.TryGet(ClusterId, out var cluster) ? cluster : null;
    }

    /// <summary>The cluster of a request: this one, unless it is a copy that goes to another.</summary>
    public Cluster? Find(HttpRequestMessage request) => RequestRouting.Of(request)?.SentTo ?? Find();

    /// <inheritdoc cref="Find(HttpRequestMessage)"/>
    /// <exception cref="NoDestinationException">There is none of this name.</exception>
    public Cluster Get(HttpRequestMessage request) => Find(request) ?? throw new NoDestinationException(ClusterId);

    /// <summary>The cluster.</summary>
    /// <exception cref="NoDestinationException">There is none of this name.</exception>
    public Cluster Get() => Find() ?? throw new NoDestinationException(ClusterId);
}
