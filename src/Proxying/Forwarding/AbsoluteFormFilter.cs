using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>
/// Gives a request with a target in absolute form (RFC 9112 §3.2.2) the path and the host that it would have in origin form, before anything routes it.
/// </summary>
/// <remarks>
/// The server reads such a target by other rules than the usual one: it decodes <c>%2F</c> into a slash, and over HTTP/1.0 leaves the host out. Two readings of one path are
/// one too many; and the one who routes has to see what is forwarded.
/// </remarks>
internal sealed class AbsoluteFormFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (HttpContext context, RequestDelegate next) =>
        {
            Settle(context);
            return next(context);
        });
        next(app);
    };

    private static void Settle(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw) || raw[0] is '/' or '*' || context.Request.Protocol is not ("HTTP/1.1" or "HTTP/1.0")) return;
        if (!RequestTarget.TrySplitAbsolute(raw, out var authority, out var originForm)) return;
        var queryStart = originForm.IndexOf('?', StringComparison.Ordinal);
        var path = queryStart < 0 ? originForm : originForm[..queryStart];
        context.Request.Path = new PathString(DotSegments.Remove(PathString.FromUriComponent(path).Value!));
        context.Request.Headers.Host = authority;
    }
}
