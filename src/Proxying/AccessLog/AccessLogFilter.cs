using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Puts the access log around everything that the application does with a request. While it is off, requests pass by.</summary>
internal sealed class AccessLogFilter(AccessLogger log) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((HttpContext context, RequestDelegate next) => log.IsOn ? log.ServeAsync(context, next) : next(context));
        next(app);
    };
}
