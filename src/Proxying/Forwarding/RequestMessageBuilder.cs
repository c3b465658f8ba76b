using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Makes the request that goes through the pipeline out of the one that came.</summary>
internal static class RequestMessageBuilder
{
    /// <summary>The body of the request, if it has one that has to be streamed.</summary>
    public static ForwardedRequestBody? CreateBody(HttpContext context, RouteState route, ForwardScope scope)
    {
        if (!HasBody(context) || UpgradeForwarder.HoldsBody(context) || HttpMethods.IsConnect(context.Request.Method)) return null;
        if (IsGrpc(context)) AllowQuiet(context, scope);
        return new(context, scope, context.Request.ContentLength == 0 ? null : route.Decompression?.Open(context.Request));
    }

    private static bool IsGrpc(HttpContext context) => context.Request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    /// <summary>The two sides of a stream speak when they have something to say; only <c>ActivityTimeout</c> limits how long both are quiet.</summary>
    private static void AllowQuiet(HttpContext context, ForwardScope scope)
    {
        scope.AllowQuietUpload();
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    private static bool HasBody(HttpContext context)
    {
        // A length that is announced is owed. Over HTTP/2 the server may say that nothing can come because the stream has ended before it: the request is malformed (RFC 9113 §8.1.1), and reading it tells so.
        var request = context.Request;
        if (request.ContentLength is > 0) return true;
        // Over HTTP/1 the framing fields decide (RFC 9112 §6.3), and reading them is cheaper than asking the server; HTTP/2 and HTTP/3 need neither.
        if (request.Protocol is "HTTP/1.1" or "HTTP/1.0") return request.Headers.TransferEncoding.Count > 0;
        return context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? false;
    }

    /// <summary>Makes the message: method, fields, framing.</summary>
    public static ForwardedRequestMessage Create(HttpContext context, RouteState route, ForwardedRequestBody? body, ForwardScope scope)
    {
        var incoming = context.Request;
        var request = new ForwardedRequestMessage(context, scope)
        {
            Method = MethodOf(incoming),
            Version = route.Version,
            VersionPolicy = route.VersionPolicy,
            Subset = route.Subset,
            ClientAddress = context.Connection.RemoteIpAddress,
        };
        var length = incoming.ContentLength;
        if (body is not null)
        {
            request.Content = body;
            if (length is not null && !body.IsDecoded) body.Headers.ContentLength = length;
            // Behind a body of known length there is no place for trailer fields over HTTP/1.1 (RFC 9112 §7.1.2).
            else if (length is null) request.GetTrailers = body.Trailers;
        }
        else if (length == 0)
        {
            request.Content = new EmptyBody();
        }

        if (route.Transforms.CopyRequestHeaders) RequestHeaderCopier.Copy(context, request);
        if (route.Forwarding.TraceContext != TraceContextMode.Propagate) KeepTraceContext(route, request);
        if (body is { IsDecoded: true }) RepresentationFields.RemoveCoding(request);
        if (route.Transforms.UseOriginalHost && incoming.Headers.Host.Count > 0) request.Headers.TryAddWithoutValidation("Host", incoming.Headers.Host.ToString());
        if (route.Via is not null) request.Headers.TryAddWithoutValidation("Via", incoming.Protocol == "HTTP/1.1" ? route.Via : ViaOf(incoming.Protocol, route));
        LowerMaxForwards(incoming, request);
        InterimResponses.Attach(request);
        return request;
    }

    /// <summary>Runs the transforms of the route and settles what is asked for.</summary>
    public static ValueTask TransformAsync(HttpContext context, RouteState route, RoutedRequestMessage request, in RequestTarget target, ForwardScope scope)
    {
        var transforms = route.Transforms.Request;
        if (transforms.Length == 0)
        {
            request.PathAndQuery = target.PathAndQuery;
            return ValueTask.CompletedTask;
        }

        var transformed = new RequestTransformContext(context, request, target.PathAndQuery) { CancellationToken = scope.Token };
        for (var i = 0; i < transforms.Length; i++)
        {
            var applying = transforms[i].ApplyAsync(transformed);
            if (!applying.IsCompletedSuccessfully) return FinishAsync(transforms, i + 1, applying, transformed);
        }

        Settle(transformed);
        return ValueTask.CompletedTask;
    }

    private static async ValueTask FinishAsync(RequestTransform[] transforms, int next, ValueTask applying, RequestTransformContext transformed)
    {
        await applying.ConfigureAwait(false);
        for (; next < transforms.Length; next++) await transforms[next].ApplyAsync(transformed).ConfigureAwait(false);
        Settle(transformed);
    }

    private static void Settle(RequestTransformContext transformed) => transformed.ProxyRequest.PathAndQuery = transformed.PathAndQuery;

    // Before the transforms: what they write of a context is meant.
    private static void KeepTraceContext(RouteState route, RoutedRequestMessage request)
    {
        request.KeepsTraceContext = true;
        if (route.Forwarding.TraceContext == TraceContextMode.Drop) RoutingTraces.RemoveContext(request);
    }

    /// <summary>Methods are case-sensitive (RFC 9110 §9.1), which the parser of <see cref="HttpMethod"/> does not mind.</summary>
    private static HttpMethod MethodOf(HttpRequest incoming)
    {
        var known = HttpMethod.Parse(incoming.Method);
        return known.Method == incoming.Method ? known : new HttpMethod(incoming.Method);
    }

    /// <summary>The version in <c>Via</c> is the one in which the message was received (RFC 9110 §7.6.3).</summary>
    private static string ViaOf(string protocol, RouteState route) => protocol switch
    {
        "HTTP/2" => "2 " + route.Forwarding.Via,
        "HTTP/3" => "3 " + route.Forwarding.Via,
        "HTTP/1.0" => "1.0 " + route.Forwarding.Via,
        _ => route.Via!,
    };

    /// <summary>RFC 9110 §7.6.2; that the field had reached zero was dealt with on admission.</summary>
    private static void LowerMaxForwards(HttpRequest incoming, HttpRequestMessage request)
    {
        if (!HttpMethods.IsOptions(incoming.Method) && !HttpMethods.IsTrace(incoming.Method)) return;
        if (!ulong.TryParse(incoming.Headers["Max-Forwards"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var left) || left == 0) return;
        if (request.Headers.Remove("Max-Forwards")) request.Headers.TryAddWithoutValidation("Max-Forwards", (left - 1).ToString(CultureInfo.InvariantCulture));
    }
}
