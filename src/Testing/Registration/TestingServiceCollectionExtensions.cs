using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts an application's balancing under the hand of a test.</summary>
public static class TestingServiceCollectionExtensions
{
    /// <summary>Takes time, chance and the network away from an application and gives them to a test: a manual clock, seeded chance, and scripted backends in the place of sockets.</summary>
    /// <remarks>
    /// <para>Call it after the application's own registrations. Every <see cref="HttpClient"/> of the factory sends to the backends, below whatever handlers it has; so do health probes over HTTP,
    /// which run on the thread that moves time. Probes of other kinds are replaced by your own (<c>AddNet2HealthProbe</c>).</para>
    /// <para>A proxy reaches its destinations by a transport of its own: there, register an <c>IClusterHandlerFactory</c> that hands out <see cref="ScriptedBackends.CreateHandler"/>.</para>
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="backends">The backends; their clock becomes the application's.</param>
    /// <param name="seed">What chance begins with. Default: 1.</param>
    public static IServiceCollection AddNet2Testing(this IServiceCollection services, ScriptedBackends backends, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(backends);
        services.AddNet2Health();
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(backends.Time));
        services.Replace(ServiceDescriptor.Singleton<RandomSource>(new SeededRandomSource(seed)));
        services.Replace(ServiceDescriptor.Singleton(static s => new MonitoringServices(
            s.GetRequiredService<HealthProbeCatalog>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<RandomSource>(), s.GetRequiredService<IMeterFactory>(),
            s.GetRequiredService<ILogger<HealthMonitor>>()).With(inline: true)));
        services.AddNet2HealthProbe(HealthProbeNames.Http, _ => new ScriptedProbe(backends));
        services.ConfigureHttpClientDefaults(client => client.ConfigurePrimaryHttpMessageHandler(backends.CreateHandler));
        return services;
    }

    /// <inheritdoc cref="AddNet2Testing(IServiceCollection, ScriptedBackends, int)"/>
    /// <param name="builder">The builder.</param>
    /// <param name="backends">The backends; their clock becomes the application's.</param>
    /// <param name="seed">What chance begins with. Default: 1.</param>
    public static INet2BalancingBuilder AddNet2Testing(this INet2BalancingBuilder builder, ScriptedBackends backends, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddNet2Testing(backends, seed);
        return builder;
    }
}
