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
        services.TryAddSingleton<ResilienceMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, AttemptBudgetFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, CircuitBreakerFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, ClusterResilienceFactory>());
        services.TryAddSingleton<AffinityKeys>();
        services.TryAddSingleton<SessionAffinityCatalog>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, AffinityStatistics.Factory>());
        services.TryAddSingleton<DiscoverySourceCatalog>();
        services.TryAddSingleton<Discoverer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, ClusterDiscovery.Factory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterSource, CodedClusters>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, SlowStart.Factory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, ReportedLoad.Factory>());
        services.TryAddSingleton<LimitsMetrics>();
        services.TryAddSingleton<MirrorMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, MirroringFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, RequestLimiterFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, AdaptiveLimitsFactory>());
        services.TryAddSingleton<AttemptMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, AttemptTelemetry.Factory>());
        services.TryAddSingleton<TrafficAudience>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterFeatureFactory, ClusterTraffic.Factory>());
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

    /// <summary>Adds strategies of the user's own to the resilience of clusters: rate limits, fallbacks, timeouts, faults for tests, or any other strategy of Polly.</summary>
    /// <remarks>
    /// They stand around all attempts of a request, the built-in retries included, and so see each request once, with its outcome; the request is in the properties of the context, under
    /// <see cref="ResilienceKeys.Request"/>. Several calls add up, outermost first. A strategy that refuses a request (<see cref="Polly.ExecutionRejectedException"/>) fails it as
    /// <c>destination_unavailable</c> (503), one that ends it in time as <c>http_response_timeout</c> (504). Clusters without strategies pay nothing.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Adds the strategies of one cluster; called once for each, when it is created. If it fails, that is logged, and the cluster goes without.</param>
    public static IServiceCollection ConfigureNet2Resilience(this IServiceCollection services, Action<Polly.ResiliencePipelineBuilder<HttpResponseMessage>, Cluster> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddSingleton(new ResilienceStrategies(configure));
    }

    /// <summary>Gives a way to keep clients on destinations, of the user's own, a name, so that clusters can ask for it.</summary>
    /// <typeparam name="TAffinity">The way. One instance is made per cluster, its constructor is served from the root services; it must own nothing disposable.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in one replaces it.</param>
    public static IServiceCollection AddNet2SessionAffinity<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TAffinity>(
        this IServiceCollection services, string name)
        where TAffinity : class, ISessionAffinity =>
        services.AddNet2SessionAffinity(name, static s => ActivatorUtilities.CreateInstance<TAffinity>(s));

    /// <summary>Gives a way to keep clients on destinations, of the user's own, a name, so that clusters can ask for it.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in one replaces it.</param>
    /// <param name="create">Makes the instance of one cluster; receives the root services.</param>
    public static IServiceCollection AddNet2SessionAffinity(this IServiceCollection services, string name, Func<IServiceProvider, ISessionAffinity> create)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        return services.AddSingleton(new SessionAffinityRegistration(name, create));
    }

    /// <summary>Gives a source of servers, of the user's own, a name, so that the discovery of clusters can ask for it.</summary>
    /// <typeparam name="TDiscovery">The source. One instance serves the process, its constructor is served from the root services.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in one replaces it.</param>
    public static IServiceCollection AddNet2Discovery<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDiscovery>(
        this IServiceCollection services, string name)
        where TDiscovery : class, IDestinationDiscovery =>
        services.AddNet2Discovery(name, static s => ActivatorUtilities.CreateInstance<TDiscovery>(s));

    /// <summary>Gives a source of servers, of the user's own, a name, so that the discovery of clusters can ask for it.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in one replaces it.</param>
    /// <param name="create">Makes the one instance; receives the root services.</param>
    public static IServiceCollection AddNet2Discovery(this IServiceCollection services, string name, Func<IServiceProvider, IDestinationDiscovery> create)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        return services.AddSingleton(new DiscoverySourceRegistration(name, create));
    }

    private static ClusterRegistry StartRegistry(IServiceProvider services)
    {
        var registry = new ClusterRegistry(
            services.GetRequiredService<LoadBalancingPolicyCatalog>(),
            services.GetServices<IClusterFeatureFactory>(),
            services.GetServices<IClusterSection>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ClusterRegistry>>(),
            services.GetRequiredService<SessionAffinityCatalog>(),
            services.GetRequiredService<Discoverer>(),
            services.GetService<HostZone>());
        services.GetRequiredService<Discoverer>().Changed = registry.Discovered;
        foreach (var source in services.GetServices<IClusterSource>()) source.Attach(registry);
        BalancingMetrics.Observe(services.GetRequiredService<IMeterFactory>(), registry);
        AffinityMetrics.Observe(services.GetRequiredService<IMeterFactory>(), registry);
        services.GetRequiredService<LimitsMetrics>().Observe(registry);
        return registry;
    }

    private sealed class Builder(IServiceCollection services) : INet2BalancingBuilder
    {
        public IServiceCollection Services => services;
    }
}
