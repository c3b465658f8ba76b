using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Telemetry;

/// <summary>What a client has asked for, for those who read logs.</summary>
internal static class ReceivedTarget
{
    /// <summary>Path and query as the client has sent them, where the server says so.</summary>
    public static string Of(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>() is { RawTarget: { Length: > 0 } raw } ? raw : string.Concat(context.Request.Path.Value, context.Request.QueryString.Value);
}
