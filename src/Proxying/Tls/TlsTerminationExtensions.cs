using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Tls;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Ends TLS on endpoints.</summary>
public static class TlsTerminationExtensions
{
    private const TlsSignatures Any = TlsSignatures.Rsa | TlsSignatures.Ecdsa;

    /// <summary>Ends TLS on this endpoint by the proxy's <see cref="ITlsTerminator"/>. For endpoints that speak HTTP/3; every other https URL has it of its own accord.</summary>
    /// <remarks>Here the server tells only the name that the client asks for, and not what it can verify: of certificates of both kinds it gets the one with ECDSA.</remarks>
    /// <exception cref="InvalidOperationException"><c>AddNet2Proxy</c> has not been called.</exception>
    public static ListenOptions UseNet2Tls(this ListenOptions listenOptions)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        var termination = listenOptions.ApplicationServices.GetService<TlsTermination>()
            ?? throw new InvalidOperationException("The proxy is not among the services. Call services.AddNet2Proxy() before the application is built.");
        return listenOptions.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = context => new(Choose(context, termination)) });
    }

    private static SslServerAuthenticationOptions Choose(TlsHandshakeCallbackContext context, TlsTermination termination)
    {
        var name = context.ClientHelloInfo.ServerName;
        var hello = new TlsClientHello
        {
            ServerName = string.IsNullOrEmpty(name) ? null : name.TrimEnd('.').ToLowerInvariant(), Signatures = Any, LocalEndPoint = context.Connection.LocalEndPoint,
        };
        context.Connection.Features.Set(new TlsHandshake(hello));
        var tls = new SslServerAuthenticationOptions();
        (termination.Choose(hello) ?? throw new AuthenticationException("There is no certificate for the name that the client asks for.")).ApplyTo(tls, context.Connection);
        return tls;
    }
}
