using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Forwards a change of protocol: <c>Upgrade</c> of HTTP/1.1 (RFC 9110 §7.8) and extended CONNECT of HTTP/2 (RFC 8441), and either into the other.</summary>
internal static class UpgradeForwarder
{
    private const string WebSocket = "websocket";
    private const string KeyField = "Sec-WebSocket-Key";
    private const string AcceptField = "Sec-WebSocket-Accept";

    /// <summary>Whether the server holds what follows the request back for an upgrade, so that there is no body to be read, whatever becomes of the upgrade.</summary>
    public static bool HoldsBody(HttpContext context) =>
        context.Request.Headers.Connection.Count > 0 && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Addresses the request as an upgrade, where the client asks for one that is allowed.</summary>
    public static PreparedUpgrade? Prepare(HttpContext context, RouteState route, RoutedRequestMessage request)
    {
        var asked = context.Request.Headers.Upgrade;
        if (asked.Count > 0 && context.Request.Protocol == "HTTP/1.1")
        {
            var protocol = HoldsBody(context) ? AllowedProtocol(route, asked) : null;
            return protocol is null ? null : FromUpgrade(context, route, request, protocol);
        }

        if (!HttpMethods.IsConnect(context.Request.Method)) return null;
        var connect = context.Features.Get<IHttpExtendedConnectFeature>();
        return connect is { IsExtendedConnect: true, Protocol: not null } ? FromExtendedConnect(route, request, connect.Protocol) : null;
    }

    /// <summary>Whether the destination has agreed to the protocol asked for. Any other answer is an ordinary one, and HTTP stays in force.</summary>
    /// <exception cref="AttemptException">The destination switched to something else, or answered what the client would take for a switch.</exception>
    public static bool IsAccepted(PreparedUpgrade upgrade, HttpResponseMessage response)
    {
        if (upgrade.ToHttp2 && response.StatusCode == HttpStatusCode.OK) return true;
        if (!upgrade.ToHttp2 && response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            CheckSwitch(upgrade, response);
            return true;
        }

        // To a client that asked by CONNECT every success says that the tunnel is there (RFC 9110 §9.3.6); and this is none.
        if (upgrade.FromHttp2 && response.IsSuccessStatusCode) throw Failed($"The destination answered {(int)response.StatusCode} instead of switching to '{upgrade.Protocol}'.");
        return false;
    }

    private static void CheckSwitch(PreparedUpgrade upgrade, HttpResponseMessage response)
    {
        var names = response.Headers.NonValidated.TryGetValues("Upgrade", out var values) ? values.ToString() : "";
        if (!HopByHopFields.HasMember(names, upgrade.Protocol)) throw Failed($"The destination switched to '{names}' when '{upgrade.Protocol}' was asked for.");
        if (upgrade is { FromHttp2: true, WebSocketKey: { } key })
        {
            var accept = response.Headers.NonValidated.TryGetValues(AcceptField, out var accepts) ? accepts.ToString() : "";
            if (accept != WebSocketHandshake.Accept(key)) throw Failed("The destination's Sec-WebSocket-Accept does not answer the key it was sent.");
        }
    }

    /// <summary>Completes the upgrade towards the client and moves bytes until one side ends.</summary>
    public static async Task TunnelAsync(HttpContext context, RouteState route, PreparedUpgrade upgrade, HttpResponseMessage response, ForwardScope scope)
    {
        var target = context.Response;
        ResponseHeaderCopier.Copy(response, target);
        if (route.HidesReportedLoad) ResponseHeaderCopier.HideReportedLoad(target.Headers);
        target.Headers.Remove("Content-Length");
        var transforms = route.Transforms.Response;
        foreach (var transform in transforms)
            await transform.ApplyAsync(new ResponseTransformContext(context, response) { CancellationToken = scope.Token }).ConfigureAwait(false);

        scope.BecomeTunnel(route.Forwarding.TunnelIdleTimeout);
        // Kestrel's least data rate is meant for bodies; a quiet tunnel is in order.
        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } requestRate && !upgrade.FromHttp2) requestRate.MinDataRate = null;
        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinResponseDataRateFeature>() is { } responseRate && !upgrade.FromHttp2) responseRate.MinDataRate = null;
        var client = await AcceptAsync(context, upgrade).ConfigureAwait(false);
        var destination = response.Content.ReadAsStream(scope.Token);
        await using (client.ConfigureAwait(false))
        await using (destination.ConfigureAwait(false))
            await Tunnel.RunAsync(client, destination, scope).ConfigureAwait(false);
    }

    /// <summary>Ends a response that has begun in a way that no client takes for its proper end.</summary>
    public static void Cut(HttpContext context)
    {
        const int internalError = 2;
        if (context.Request.Protocol == "HTTP/2" && context.Features.Get<IHttpResetFeature>() is { } reset) reset.Reset(internalError);
        else context.Abort();
    }

    private static async ValueTask<Stream> AcceptAsync(HttpContext context, PreparedUpgrade upgrade)
    {
        if (upgrade.FromHttp2)
        {
            context.Response.Headers.Remove(AcceptField);
            context.Response.StatusCode = StatusCodes.Status200OK;
            return await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync().ConfigureAwait(false);
        }

        if (upgrade is { ToHttp2: true, WebSocketKey: { } key }) context.Response.Headers[AcceptField] = WebSocketHandshake.Accept(key);
        context.Response.Headers.Upgrade = upgrade.Protocol;
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
    }

    private static PreparedUpgrade FromUpgrade(HttpContext context, RouteState route, RoutedRequestMessage request, string protocol)
    {
        if (route.UpgradesOverHttp2 && protocol.Equals(WebSocket, StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.Remove(KeyField);
            AskByConnect(request, WebSocket);
            return new(protocol, FromHttp2: false, ToHttp2: true, context.Request.Headers[KeyField].ToString());
        }

        AskByUpgrade(request, protocol);
        return new(protocol, FromHttp2: false, ToHttp2: false, null);
    }

    private static PreparedUpgrade? FromExtendedConnect(RouteState route, RoutedRequestMessage request, string protocol)
    {
        if (AllowedProtocol(route, protocol) is null) throw new AttemptException(new(AttemptFailureKinds.HttpRequestDenied, FailureSide.Client, SentState.NotConnected), "The protocol that the client asks for is not allowed.");
        if (route.UpgradesOverHttp2)
        {
            AskByConnect(request, protocol);
            return new(protocol, FromHttp2: true, ToHttp2: true, null);
        }

        request.Method = HttpMethod.Get;
        var key = WebSocketHandshake.CreateKey();
        request.Headers.TryAddWithoutValidation(KeyField, key);
        AskByUpgrade(request, protocol);
        return new(protocol, FromHttp2: true, ToHttp2: false, protocol.Equals(WebSocket, StringComparison.OrdinalIgnoreCase) ? key : null);
    }

    private static void AskByUpgrade(RoutedRequestMessage request, string protocol)
    {
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", protocol);
    }

    private static void AskByConnect(RoutedRequestMessage request, string protocol)
    {
        request.Method = HttpMethod.Connect;
        request.Headers.Protocol = protocol;
    }

    private static string? AllowedProtocol(RouteState route, in Microsoft.Extensions.Primitives.StringValues asked)
    {
        foreach (var allowed in route.Forwarding.UpgradeProtocols)
        {
            if (HopByHopFields.HasMember(asked, allowed)) return allowed;
        }

        return null;
    }

    private static AttemptException Failed(string message) => new(new(AttemptFailureKinds.HttpUpgradeFailed, FailureSide.Destination, SentState.AnswerBegun), message);
}
