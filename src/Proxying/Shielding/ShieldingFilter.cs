using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Stands before everything that looks at requests: finds the client behind trusted proxies, and turns away who may not come or comes too often.</summary>
/// <remarks>
/// From here on <see cref="ConnectionInfo.RemoteIpAddress"/> and <see cref="HttpRequest.Scheme"/> are the client's, for routing, policies, affinity, limits and logs alike. ASP.NET Core's own
/// middleware for forwarded fields would take the entries it has read out of them, which are still to be passed on, and needs another list of networks.
/// </remarks>
internal sealed class ShieldingFilter(Shield shield) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((HttpContext context, RequestDelegate following) =>
        {
            var state = shield.Current;
            return state.LooksAtRequests ? RunAsync(context, state, following) : following(context);
        });
        next(app);
    };

    private static Task RunAsync(HttpContext context, ShieldState state, RequestDelegate next)
    {
        if (state.Trusted is not null) FindClient(context, state);
        var client = context.Connection.RemoteIpAddress;
        if (!state.Admits(client, context.Request.Host)) return RefuseAsync(context, StatusCodes.Status403Forbidden);
        if (state.Rates is { } rates && client is not null && !rates.TryTake(client, out var retryAfter)) return RefuseAsync(context, StatusCodes.Status429TooManyRequests, retryAfter);
        if (state.RefusesEncodedSlashes && HasEncodedSlash(context.Features.Get<IHttpRequestFeature>()?.RawTarget)) return RefuseAsync(context, StatusCodes.Status400BadRequest);
        return next(context);
    }

    private static bool HasEncodedSlash(ReadOnlySpan<char> target)
    {
        if (target.IndexOfAny('?', '#') is var end and >= 0) target = target[..end];
        return target.Contains('\\') || target.Contains("%2F", StringComparison.OrdinalIgnoreCase) || target.Contains("%5C", StringComparison.OrdinalIgnoreCase);
    }

    private static void FindClient(HttpContext context, ShieldState state)
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is not { } peer || !state.Trusts(peer))
        {
            context.Features.Set(ClientOrigin.Untrusted);
            return;
        }

        context.Features.Set(new ClientOrigin(true, peer, context.Request.Scheme));
        var client = ForwardedFieldReader.FindClient(context.Request.Headers, peer, state, out var scheme);
        if (!ReferenceEquals(client, peer))
        {
            connection.RemoteIpAddress = client;
            connection.RemotePort = 0;
        }

        if (scheme is not null) context.Request.Scheme = scheme;
    }

    private static Task<bool> RefuseAsync(HttpContext context, int status, TimeSpan? retryAfter = null) =>
        ProblemResponse.TryWriteAsync(context, status, status == StatusCodes.Status400BadRequest ? AttemptFailureKinds.HttpRequestError : AttemptFailureKinds.HttpRequestDenied, route: null, retryAfter);
}
