using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Acme;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>What TLS means to requests: where they come without it, for which host, and from whom. Stands before everything that routes.</summary>
internal sealed class TlsRequestFilter(TlsState state, HttpsRedirect redirect, AcmeChallenges challenges) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        redirect.Addresses = app.ServerFeatures.Get<IServerAddressesFeature>();
        app.Use((RequestDelegate next) => context => InvokeAsync(context, next));
        next(app);
    };

    private Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ClientCertField.Remove(context.Request.Headers);
        // Before the redirect: an authority that asks over http has no certificate to go by yet.
        if (state.Options.Acme is not null && AcmeHttpProof.TryAnswer(context, challenges, out var answering)) return answering;
        if (state.Options.HttpsRedirect && redirect.TryAnswer(context)) return Task.CompletedTask;
        if (state.Current is { Clients.Asks: true } table && context.Request.IsHttps)
        {
            if (table.Clients.DifferByHost && IsMisdirected(context, table.Clients))
                return ProblemResponse.TryWriteAsync(context, StatusCodes.Status421MisdirectedRequest, AttemptFailureKinds.HttpRequestError, route: null);
            if (state.Options.ClientCertificates!.Forward) ClientCertField.Set(context);
        }

        return next(context);
    }

    /// <summary>
    /// Whether the connection was made for a host with another rule on certificates than that of the request: a client may send requests for any host over a connection (RFC 9110
    /// §7.4), and must not get past the rule of one by a handshake with another.
    /// </summary>
    private static bool IsMisdirected(HttpContext context, ClientCertificateRules rules)
    {
        var handshake = context.Features.Get<TlsHandshake>();
        // The dot at the end of a whole name makes it no other name.
        return handshake is not null && rules.Find(context.Request.Host.Host.TrimEnd('.')) != rules.Find(handshake.Hello.ServerName);
    }
}
