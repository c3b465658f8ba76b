using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds load balancing to an application.</summary>
public static class BalancingServiceCollectionExtensions
{
    /// <summary>Adds the live clusters and the built-in policies. May be called any number of times; a proxy in the same process shares them.</summary>
    public static INet2BalancingBuilder AddNet2Balancing(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(static d => d.ServiceType == typeof(ClusterRegistry))) return new Builder(services);
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RandomSource>(SystemRandomSource.Instance);
        services.TryAddSingleton<LoadBalancingPolicyCatalog>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterSource, CodedClusters>());
        services.TryAddSingleton<LimitsMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, RequestLimiterFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, AdaptiveLimitsFactory>());
        services.AddSingleton(StartRegistry);
        services.TryAddSingleton<IClusterRegistry>(static s => s.GetRequiredService<ClusterRegistry>());
        return new Builder(services);
    }

    /// <summary>Gives a load balancing policy of the user a name, so that clusters can ask for it.</summary>
    /// <typeparam name="TPolicy">The policy. One instance is made per cluster, its constructor is served from the root services; it must own nothing disposable.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in policy replaces it.</param>
    public static IServiceCollection AddNet2LoadBalancingPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(
        this IServiceCollection services, string name)
        where TPolicy : class, ILoadBalancingPolicy =>
        services.AddNet2LoadBalancingPolicy(name, static s => ActivatorUtilities.CreateInstance<TPolicy>(s));

    /// <summary>Gives a load balancing policy of the user a name, so that clusters can ask for it.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in policy replaces it.</param>
    /// <param name="create">Makes the instance of one cluster; receives the root services.</param>
    public static IServiceCollection AddNet2LoadBalancingPolicy(this IServiceCollection services, string name, Func<IServiceProvider, ILoadBalancingPolicy> create)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        return services.AddSingleton(new LoadBalancingPolicyRegistration(name, create));
    }

    private static ClusterRegistry StartRegistry(IServiceProvider services)
    {
        var registry = new ClusterRegistry(
            services.GetRequiredService<LoadBalancingPolicyCatalog>(),
            services.GetServices<IClusterFeatureFactory>(),
            services.GetServices<IClusterSection>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ClusterRegistry>>());
        foreach (var source in services.GetServices<IClusterSource>()) source.Attach(registry);
        BalancingMetrics.Observe(services.GetRequiredService<IMeterFactory>(), registry);
        services.GetRequiredService<LimitsMetrics>().Observe(registry);
        return registry;
    }

    private sealed class Builder(IServiceCollection services) : INet2BalancingBuilder
    {
        public IServiceCollection Services => services;
    }
}
