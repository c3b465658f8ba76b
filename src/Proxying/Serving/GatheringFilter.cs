using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>Has connections of HTTP/2 send several answers with one call (<see cref="IGatheringOutput"/>).</summary>
internal sealed class GatheringFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (HttpContext context, RequestDelegate following) =>
        {
            if (HttpProtocol.IsHttp2(context.Request.Protocol)) context.Features.Get<IGatheringOutput>()?.Gather();
            return following(context);
        });
        next(app);
    };
}
