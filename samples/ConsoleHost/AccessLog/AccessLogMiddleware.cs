using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.ConsoleHost.AccessLog;

/// <summary>Writes one line per request when it has ended. Queries are left out: they carry what should not be in a log.</summary>
internal static partial class AccessLogMiddleware
{
    public static void UseAccessLog(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Net2Secure.Routing.Access");
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use(next => context => LogAsync(context, next, logger, time));
    }

    private static async Task LogAsync(HttpContext context, RequestDelegate next, ILogger logger, TimeProvider time)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var request = context.Request;
            var route = (context.GetEndpoint() as RouteEndpoint)?.DisplayName;
            var aborted = context.Features.Get<IHttpRequestLifetimeFeature>() is { RequestAborted.IsCancellationRequested: true };
            Line(logger, context.Connection.RemoteIpAddress, request.Method, request.Host, request.Path, request.Protocol, context.Response.StatusCode,
                context.Response.ContentLength, time.GetElapsedTime(started).TotalMilliseconds, route, aborted ? " aborted" : "");
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Client} {Method} {Host}{Path} {Protocol} {Status} {Length} {Milliseconds:F1}ms {Route}{Aborted}")]
    private static partial void Line(ILogger logger, System.Net.IPAddress? client, string method, HostString host, PathString path, string protocol, int status, long? length, double milliseconds, string? route, string aborted);
}
