using System.Diagnostics.CodeAnalysis;
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
        services.TryAddSingleton(static s => new HealthProbeCatalog(s, s.GetServices<HealthProbeRegistration>(), s.GetService<ITrafficConnections>()));
        services.TryAddSingleton(static s => HealthPolicyNames.BuiltIn with
        {
            Probes = s.GetRequiredService<HealthProbeCatalog>().Names,
            Passive = s.GetRequiredService<PassiveHealthPolicyCatalog>().Names,
        });
        services.TryAddSingleton<MonitoringServices>();
        services.TryAddSingleton<PassiveHealthPolicyCatalog>();
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

    /// <summary>Gives a probe of the user a name, so that <c>HealthCheck:Active:Probe</c> can ask for it.</summary>
    /// <typeparam name="TProbe">The probe. An instance is made for each cluster and again when what it asks changes; its constructor is served from the root services.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in probe replaces it.</param>
    public static IServiceCollection AddNet2HealthProbe<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProbe>(this IServiceCollection services, string name)
        where TProbe : class, IHealthProbe =>
        services.AddNet2HealthProbe(name, static s => ActivatorUtilities.CreateInstance<TProbe>(s));

    /// <summary>Gives a probe of the user a name, so that <c>HealthCheck:Active:Probe</c> can ask for it.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in probe replaces it.</param>
    /// <param name="create">Makes the instance of one cluster; receives the root services.</param>
    public static IServiceCollection AddNet2HealthProbe(this IServiceCollection services, string name, Func<IServiceProvider, IHealthProbe> create)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        return services.AddSingleton(new HealthProbeRegistration(name, create));
    }

    /// <inheritdoc cref="AddNet2HealthProbe{TProbe}(IServiceCollection, string)"/>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in probe replaces it.</param>
    public static INet2BalancingBuilder AddHealthProbe<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProbe>(this INet2BalancingBuilder builder, string name)
        where TProbe : class, IHealthProbe
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddNet2HealthProbe<TProbe>(name);
        return builder;
    }

    /// <inheritdoc cref="AddNet2HealthProbe(IServiceCollection, string, Func{IServiceProvider, IHealthProbe})"/>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in probe replaces it.</param>
    /// <param name="create">Makes the instance of one cluster; receives the root services.</param>
    public static INet2BalancingBuilder AddHealthProbe(this INet2BalancingBuilder builder, string name, Func<IServiceProvider, IHealthProbe> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddNet2HealthProbe(name, create);
        return builder;
    }
}
