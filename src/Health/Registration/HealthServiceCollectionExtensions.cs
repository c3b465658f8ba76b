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
        services.TryAddSingleton(HealthPolicyNames.BuiltIn);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterSection, HealthCheckSection>());
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
