using Microsoft.Extensions.Diagnostics.HealthChecks;
using Net2Secure.Routing.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the health of clusters part of an application's own.</summary>
public static class Net2HealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of clusters: healthy while all their destinations take traffic, degraded while some do not, unhealthy when a cluster has none left that can be used, or so few
    /// that all are used whatever their health.
    /// </summary>
    /// <param name="builder">The checks of the application, <c>services.AddHealthChecks()</c>.</param>
    /// <param name="name">Name of the check.</param>
    /// <param name="clusterId">The cluster to check. Default: all.</param>
    /// <param name="failureStatus">What is said instead of unhealthy. Default: unhealthy.</param>
    /// <param name="tags">Tags to select the check by.</param>
    public static IHealthChecksBuilder AddNet2Clusters(
        this IHealthChecksBuilder builder, string name = "clusters", string? clusterId = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.AddNet2Health();
        return builder.Add(new HealthCheckRegistration(name, s => new ClustersHealthCheck(s.GetRequiredService<IHealthReader>(), clusterId), failureStatus, tags));
    }
}
