using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Net2Secure.Routing.Health;

/// <summary>Tells the health checks of an application how its clusters are.</summary>
internal sealed class ClustersHealthCheck(IHealthReader reader, string? clusterId) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(Check(context.Registration.FailureStatus));
    }

    private HealthCheckResult Check(HealthStatus worst)
    {
        IReadOnlyList<ClusterHealth> clusters = clusterId is null ? reader.Clusters : reader.Find(clusterId) is { } one ? [one] : [];
        if (clusterId is not null && clusters.Count == 0) return new(worst, $"There is no cluster '{clusterId}'.");
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        List<string> down = [], impaired = [];
        foreach (var cluster in clusters)
        {
            var usable = cluster.Destinations.Count(static d => d.Share > 0);
            data[cluster.ClusterId] = $"{usable} of {cluster.Destinations.Count} destinations take traffic{(cluster.IsPanic ? ", whatever their health" : "")}";
            if (usable == 0 || cluster.IsPanic) down.Add(cluster.ClusterId);
            else if (usable < cluster.Destinations.Count) impaired.Add(cluster.ClusterId);
        }

        if (down.Count > 0) return new(worst, $"Without enough destinations that can be used: {string.Join(", ", down)}.", exception: null, data);
        return impaired.Count > 0
            ? HealthCheckResult.Degraded($"Not all destinations take traffic: {string.Join(", ", impaired)}.", exception: null, data)
            : HealthCheckResult.Healthy(description: null, data);
    }
}
