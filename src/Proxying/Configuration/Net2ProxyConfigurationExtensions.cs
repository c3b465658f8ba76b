using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Proxying;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Where a proxy takes its routes and clusters from. Several sources may be named; what they say is joined.</summary>
public static class Net2ProxyConfigurationExtensions
{
    /// <summary>Takes routes and clusters from a section of configuration, and follows its reloads.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">The section that holds <c>Routes</c> and <c>Clusters</c>.</param>
    /// <remarks>Without this, and without <see cref="LoadFromFile"/>, the section <c>Net2Proxy</c> of the application is a source of its own accord.</remarks>
    public static INet2ProxyBuilder LoadFromConfig(this INet2ProxyBuilder builder, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        builder.Services.TryAddSingleton<DefaultSectionConfigProvider.NamedSource>();
        builder.Services.AddSingleton<IProxyConfigProvider>(services => new ConfigurationConfigProvider(
            section, section.Path, Names(services), services.GetRequiredService<ILogger<ConfigurationConfigProvider>>()));
        return builder;
    }

    /// <summary>Takes routes and clusters from a JSON file with a section <c>Net2Proxy</c>, and follows its changes within a second.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; a relative path starts at the content root.</param>
    public static INet2ProxyBuilder LoadFromFile(this INet2ProxyBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        builder.Services.TryAddSingleton<DefaultSectionConfigProvider.NamedSource>();
        builder.Services.AddSingleton<IProxyConfigProvider>(services => new FileConfigProvider(
            Path.GetFullPath(path, services.GetService<IHostEnvironment>()?.ContentRootPath ?? AppContext.BaseDirectory),
            Names(services),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILogger<FileConfigProvider>>()));
        return builder;
    }

    /// <summary>Takes routes and clusters from memory; <see cref="InMemoryConfigProvider"/> can be asked of the services to replace them.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="routes">The routes to start with.</param>
    /// <param name="clusters">The clusters to start with.</param>
    public static INet2ProxyBuilder LoadFromMemory(this INet2ProxyBuilder builder, IEnumerable<RouteOptions> routes, IEnumerable<ProxyClusterOptions> clusters)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var provider = new InMemoryConfigProvider(routes, clusters);
        builder.Services.AddSingleton(provider);
        builder.Services.AddSingleton<IProxyConfigProvider>(provider);
        return builder;
    }

    /// <summary>Adds a route written in code.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="routeId">Its name, unique among all routes.</param>
    /// <param name="configure">Says which requests it takes, and which cluster answers.</param>
    public static INet2ProxyBuilder AddRoute(this INet2ProxyBuilder builder, string routeId, Action<RouteOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(routeId);
        ArgumentNullException.ThrowIfNull(configure);
        var route = new RouteOptions { RouteId = routeId };
        configure(route);
        Code(builder.Services).Routes.Add(route);
        return builder;
    }

    /// <summary>Adds a cluster written in code.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="clusterId">Its name, unique among all clusters.</param>
    /// <param name="configure">Names its destinations and how they are used.</param>
    public static INet2ProxyBuilder AddCluster(this INet2ProxyBuilder builder, string clusterId, Action<ProxyClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(clusterId);
        ArgumentNullException.ThrowIfNull(configure);
        var cluster = new ProxyClusterOptions { ClusterId = clusterId };
        configure(cluster);
        Code(builder.Services).Clusters.Add(cluster);
        return builder;
    }

    /// <summary>Makes the section <c>Net2Proxy</c> a source where the application names none. Safe to call twice.</summary>
    internal static void AddDefaultConfigSource(this IServiceCollection services)
        => services.TryAddEnumerable(ServiceDescriptor.Singleton<IProxyConfigProvider, DefaultSectionConfigProvider>());

    private static ProxyConfigNames Names(IServiceProvider services) => services.GetService<ProxyConfigNames>() ?? ProxyConfigNames.BuiltIn;

    private static CodeConfigProvider Code(IServiceCollection services)
    {
        foreach (var descriptor in services)
        {
            if (descriptor is { IsKeyedService: false, ImplementationInstance: CodeConfigProvider existing })
            {
                return existing;
            }
        }

        var provider = new CodeConfigProvider();
        services.AddSingleton<IProxyConfigProvider>(provider);
        return provider;
    }
}
