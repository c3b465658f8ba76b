namespace Net2Secure.Routing.Balancing;

/// <summary>Who in a cluster wants to know of single attempts.</summary>
internal sealed class AttemptTelemetry(AttemptMetrics metrics) : IClusterFeature
{
    public AttemptMetrics Metrics => metrics;

    /// <summary>Whether the attempt is measured, traced or written down. Asked once per attempt: where nobody does, nothing more is paid.</summary>
    public bool IsWanted(HttpRequestMessage request) =>
        metrics.IsEnabled || RoutingTraces.Source.HasListeners() || request is RoutedRequestMessage { Journal: not null };

    public void Configure(ClusterSnapshot snapshot)
    {
    }

    public void Dispose()
    {
    }

    internal sealed class Factory(AttemptMetrics metrics) : IClusterFeatureFactory
    {
        public IClusterFeature Create(Cluster cluster) => new AttemptTelemetry(metrics);
    }
}
