using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Proxying.Acme;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Registers the end of TLS connections.</summary>
internal static class TlsServices
{
    public static IServiceCollection AddNet2Tls(this IServiceCollection services)
    {
        services.TryAddSingleton<TlsState>();
        services.TryAddSingleton<ITlsTerminator, CertificateTerminator>();
        services.TryAddSingleton<HttpsRedirect>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, KestrelTlsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, TlsRequestFilter>());
        services.TryAddSingleton<AcmeChallenges>();
        services.TryAddSingleton<TlsTermination>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AcmeRenewer>());
        return services;
    }
}
