using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Describes clusters and policies for <c>AddNet2Balancing</c>.</summary>
public static class Net2BalancingBuilderExtensions
{
    /// <summary>Describes a cluster in code. Several calls for one name add up.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="clusterId">The name of the cluster, unique in the process without regard to case.</param>
    /// <param name="configure">Fills in its settings; runs once, when the clusters are first needed.</param>
    public static INet2BalancingBuilder AddCluster(this INet2BalancingBuilder builder, string clusterId, Action<ClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(clusterId);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddSingleton(new ClusterDefinition(clusterId, configure));
        return builder;
    }

    /// <summary>Reads clusters from a section whose keys are their names, and again whenever it changes.</summary>
    /// <remarks>
    /// The settings are those of <c>Clusters</c> in the configuration of a proxy. All of it is checked before any of it takes effect: at the first read an error
    /// fails the application, later it is logged and the last good state stays. Clusters of a proxy in the same process are there already and need no second reading.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="clustersSection">For example <c>configuration.GetSection("Clusters")</c>.</param>
    public static INet2BalancingBuilder LoadFromConfig(this INet2BalancingBuilder builder, IConfigurationSection clustersSection)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(clustersSection);
        builder.Services.AddSingleton<IClusterSource>(s => new ConfiguredClusters(clustersSection, s.GetServices<IClusterSection>(), s.GetRequiredService<ILogger<ConfiguredClusters>>()));
        return builder;
    }

    /// <summary>Gives a way to keep clients on destinations, of the user's own, a name, so that clusters can ask for it.</summary>
    /// <inheritdoc cref="BalancingServiceCollectionExtensions.AddNet2SessionAffinity{TAffinity}(IServiceCollection, string)"/>
    public static INet2BalancingBuilder AddSessionAffinity<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TAffinity>(
        this INet2BalancingBuilder builder, string name)
        where TAffinity : class, ISessionAffinity
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddNet2SessionAffinity<TAffinity>(name);
        return builder;
    }

    /// <summary>Says in which zone (rack, data centre) the process runs. Clusters that name no local zone of their own, those of a proxy included, prefer destinations in it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="zone">The zone, compared with <see cref="DestinationOptions.Zone"/> without regard to case. The last call counts.</param>
    public static INet2BalancingBuilder UseLocalZone(this INet2BalancingBuilder builder, string zone)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(zone);
        builder.Services.AddSingleton(new HostZone(zone));
        return builder;
    }

    /// <summary>Gives a load balancing policy of the user a name, so that clusters can ask for it.</summary>
    /// <inheritdoc cref="BalancingServiceCollectionExtensions.AddNet2LoadBalancingPolicy{TPolicy}(IServiceCollection, string)"/>
    public static INet2BalancingBuilder AddLoadBalancingPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(
        this INet2BalancingBuilder builder, string name)
        where TPolicy : class, ILoadBalancingPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddNet2LoadBalancingPolicy<TPolicy>(name);
        return builder;
    }

    /// <summary>Gives a load balancing policy of the user a name, so that clusters can ask for it.</summary>
    /// <inheritdoc cref="BalancingServiceCollectionExtensions.AddNet2LoadBalancingPolicy(IServiceCollection, string, Func{IServiceProvider, ILoadBalancingPolicy})"/>
    public static INet2BalancingBuilder AddLoadBalancingPolicy(this INet2BalancingBuilder builder, string name, Func<IServiceProvider, ILoadBalancingPolicy> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddNet2LoadBalancingPolicy(name, create);
        return builder;
    }
}
