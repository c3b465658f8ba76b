using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Shielding;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Puts the request guard in front of endpoints.</summary>
public static class RequestGuardExtensions
{
    /// <summary>
    /// Guards this endpoint: every octet of HTTP/1.1 is checked before the server's parser sees it. Call it before <c>UseHttps</c>; it then guards what TLS decrypts.
    /// </summary>
    /// <remarks>
    /// <c>AddNet2Proxy</c> does this for every endpoint through <see cref="KestrelServerOptions.ConfigureEndpointDefaults(Action{ListenOptions})"/>. An
    /// application that sets its own endpoint defaults replaces those of the proxy, and calls this in them.
    /// </remarks>
    public static ListenOptions UseNet2RequestGuard(this ListenOptions listenOptions)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        var services = listenOptions.ApplicationServices;
        var options = services.GetService<IOptions<RequestGuardOptions>>()?.Value ?? new RequestGuardOptions();
        var guard = new RequestGuard(
            options,
            listenOptions.KestrelServerOptions.Limits.RequestHeadersTimeout,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILoggerFactory>().CreateLogger<RequestGuard>());
        if (services.GetService<ConnectionGate>() is { } gate) listenOptions.Use(next => connection => gate.RunAsync(connection, next));
        listenOptions.Use(next => connection => guard.RunAsync(connection, next));
        return listenOptions;
    }

    /// <summary>Guards every endpoint that has no defaults of its own; see <see cref="UseNet2RequestGuard(ListenOptions)"/>.</summary>
    public static KestrelServerOptions UseNet2RequestGuard(this KestrelServerOptions serverOptions)
    {
        ArgumentNullException.ThrowIfNull(serverOptions);
        serverOptions.ConfigureEndpointDefaults(static endpoint => endpoint.UseNet2RequestGuard());
        return serverOptions;
    }

    internal static IServiceCollection AddShielding(this IServiceCollection services)
    {
        services.AddOptions<ShieldingOptions>();
        services.TryAddSingleton<Shield>();
        services.TryAddSingleton<AddressConnections>();
        services.TryAddSingleton(static s => new ListenAddresses(s.GetService<Microsoft.Extensions.Configuration.IConfiguration>()));
        services.TryAddSingleton<ShieldingAudit>();
        services.TryAddSingleton<EndpointAudit>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, EndpointAudit>(static s => s.GetRequiredService<EndpointAudit>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Microsoft.Extensions.Hosting.IHostedService, EndpointAudit>(static s => s.GetRequiredService<EndpointAudit>()));
        services.TryAddSingleton(static s => new ConnectionGate(
            s.GetRequiredService<Shield>(), s.GetRequiredService<AddressConnections>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>().CreateLogger<ConnectionGate>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ShieldingFilter>());
        return services;
    }

    internal static IServiceCollection AddRequestGuard(this IServiceCollection services)
    {
        services.AddOptions<RequestGuardOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RequestGuardOptions>, RequestGuardOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, KestrelShielding>());
        return services;
    }
}
