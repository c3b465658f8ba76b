using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks to the clusters of an application.</summary>
public static class HealthServiceCollectionExtensions
{
    /// <summary>Adds health checks, and load balancing with them. May be called any number of times; <c>AddNet2Proxy</c> does.</summary>
    /// <remarks>What is checked, and how, stands in <c>HealthCheck</c> of each cluster; without it nothing is.</remarks>
    /// <param name="services">The services of the application.</param>
    public static INet2BalancingBuilder AddNet2Health(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = services.AddNet2Balancing();
        services.TryAddSingleton<PassiveHealthPolicyCatalog>();
        services.TryAddSingleton(static s => HealthPolicyNames.BuiltIn with { Passive = s.GetRequiredService<PassiveHealthPolicyCatalog>().Names });
        services.TryAddSingleton<HealthChanges>();
        services.TryAddSingleton(static s =>
        {
            var meters = s.GetRequiredService<IMeterFactory>();
            HealthStateMetrics.Observe(meters, s.GetRequiredService<IClusterRegistry>);
            return new EjectionMetrics(meters);
        });
        services.TryAddSingleton<IHealthReader, HealthReader>();
        services.TryAddSingleton<IDestinationControl, DestinationControl>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterSection, HealthCheckSection>());

        // The memory first: it hears of a change before those who answer it with another one.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, HealthTimelineFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, OutlierMonitorFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, HealthMonitorFactory>());
        return builder;
    }

    /// <summary>Adds health checks to the clusters that are balanced. May be called any number of times.</summary>
    /// <param name="builder">The builder.</param>
    public static INet2BalancingBuilder AddNet2Health(this INet2BalancingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddNet2Health();
    }
}
