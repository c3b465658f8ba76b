using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Affinity;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Proxying.DryRun;
using Net2Secure.Routing.Proxying.Explaining;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Inspection;
using Net2Secure.Routing.Proxying.Pipeline;
using Net2Secure.Routing.Proxying.ResponseCaching;
using Net2Secure.Routing.Proxying.Routing;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Proxying.Telemetry;
using Net2Secure.Routing.Proxying.Telemetry.Prometheus;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Proxying.Transport;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the reverse proxy to an application.</summary>
public static class Net2ProxyServiceCollectionExtensions
{
    /// <summary>Adds the proxy. May be called any number of times.</summary>
    /// <remarks>
    /// With no further call the routes and clusters come from the section <c>Net2Proxy</c> of the application's configuration, and follow its reloads. Routes are
    /// served once the application maps them with <c>app.MapNet2Proxy()</c>. The web server is set up for a proxy on the way: strict about what it accepts, header bytes
    /// passed as they are, no <c>Server</c> field of its own, and the certificates of <c>Net2Proxy:Tls</c> on every https URL that has none.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    public static INet2ProxyBuilder AddNet2Proxy(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddNet2Health();
        services.TryAddSingleton<ITrafficConnections, TrafficConnectionsReader>();
        services.AddRouting();
        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddDefaultConfigSource();
        services.TryAddSingleton(static s => ProxyConfigNames.BuiltIn
            .WithLoadBalancing(s.GetRequiredService<LoadBalancingPolicyCatalog>().Names)
            .WithAffinity(s.GetRequiredService<SessionAffinityCatalog>().Names)
            .WithDiscovery(s.GetRequiredService<DiscoverySourceCatalog>().Names) with
        {
            Health = s.GetRequiredService<HealthPolicyNames>(),
            Stores = new StoreKinds(s.GetServices<IResponseCacheKind>()),
        });
        services.AddRequestGuard();
        services.AddOptions<AccessLogOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AccessLogOptions>>(new SectionOptionsValidator<AccessLogOptions>(AccessLogRules.Validate)));
        services.TryAddSingleton<AccessLogger>();
        services.AddOptions<ExplainOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ExplainOptions>>(new SectionOptionsValidator<ExplainOptions>(ExplainRules.Validate)));
        services.TryAddSingleton<RequestExplanations>();
        services.TryAddSingleton<IRequestExplanations>(static s => s.GetRequiredService<RequestExplanations>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, AccessLogFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, AbsoluteFormFilter>());
        // Behind the one that settles which host is asked, before all that look at the client.
        services.AddShielding();
        services.AddNet2Tls();
        services.AddOptions<TcpOptions>();
        services.TryAddSingleton<TcpMetrics>();
        services.TryAddSingleton<TcpTelemetry>();
        services.TryAddSingleton<TcpPorts>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TcpPorts>(static s => s.GetRequiredService<TcpPorts>()));
        services.AddNet2Transforms();
        services.AddNet2RouteMatching();
        services.AddNet2ProtectedCookieAffinity();
        services.TryAddSingleton<ForwardScopePool>();
        services.TryAddSingleton<ProxyMetrics>();
        services.TryAddSingleton<MetricsCollectors>();
        services.TryAddSingleton<RequestTraffic>();
        services.TryAddSingleton<ProxyEvents>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICircuitListener, CircuitEvents>());
        services.AddOptions<DashboardOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DashboardOptions>>(new SectionOptionsValidator<DashboardOptions>(DashboardRules.Validate)));
        services.TryAddSingleton<DashboardFeed>();
        services.TryAddSingleton<DashboardPlaces>();
        services.TryAddSingleton<RequestTelemetry>();
        services.TryAddSingleton<Forwarder>();
        services.TryAddSingleton<ClusterPipelines>();
        services.AddNet2ResponseCache();
        services.TryAddSingleton<ConfiguredCacheStores>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecondTierSource, ConfiguredCacheStores>(static s => s.GetRequiredService<ConfiguredCacheStores>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<MemoryResponseCacheOptions>, ConfiguredCacheStores>(static s => s.GetRequiredService<ConfiguredCacheStores>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<TieredResponseCacheOptions>, ConfiguredCacheStores>(static s => s.GetRequiredService<ConfiguredCacheStores>()));
        services.TryAddSingleton<RouteCaches>();
        services.TryAddSingleton<RouteStateFactory>();
        services.TryAddSingleton<RouteServicesValidator>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigSection, TcpSection>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigSection, CacheSection>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigSection, AccessLogSection>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigSection, ExplainSection>());
        services.TryAddSingleton<DashboardSection>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigSection, DashboardSection>(static s => s.GetRequiredService<DashboardSection>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigSection, TlsSection>());
        services.TryAddSingleton<ProxyStateManager>();
        services.TryAddSingleton<DirectForwarding>();
        services.TryAddSingleton<IProxyInspector, ProxyInspector>();
        services.TryAddSingleton<ProxyDryRun>();
        services.TryAddSingleton<IProxyDryRun>(static s => s.GetRequiredService<ProxyDryRun>());
        return new Builder(services);
    }

    private sealed class Builder(IServiceCollection services) : INet2ProxyBuilder
    {
        public IServiceCollection Services => services;
    }
}
