namespace Net2Secure.Routing.Balancing;

/// <summary>Gives each cluster its budget.</summary>
internal sealed class AttemptBudgetFactory(ResilienceMetrics metrics) : IClusterFeatureFactory
{
    public IClusterFeature Create(Cluster cluster) => new AttemptBudget(cluster, metrics);
}
