using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.ConsoleHost.Commands;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.ConsoleHost.Telemetry;

/// <summary>Shows the metrics to Prometheus on a URL of their own, and nothing else there: who can reach that port is who may see them.</summary>
internal static class MetricsListener
{
    /// <summary>Says what is wrong with the URL, or <see langword="null"/>.</summary>
    /// <param name="url">Where metrics are to be shown.</param>
    /// <param name="urls">Where requests are proxied.</param>
    public static string? FindMistake(string url, string urls)
    {
        if (PortOf(url) is not (> 0 and var port)) return $"--metrics: '{url}' is no URL to show metrics on. Write it as http://127.0.0.1:9090, with the port.";
        foreach (var other in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (PortOf(other) == port) return $"--metrics: port {port} is one of those that requests are proxied on ({other}). Metrics need a port of their own.";
        }

        return null;
    }

    /// <summary>Adds the endpoint, and shuts out everything else on its port, and it on all others.</summary>
    public static void Map(WebApplication app, string url)
    {
        var port = PortOf(url);
        var path = new PathString(Net2MetricsEndpointRouteBuilderExtensions.DefaultPattern);
        app.Use((HttpContext context, RequestDelegate next) =>
        {
            if ((context.Connection.LocalPort == port) == context.Request.Path.Equals(path, StringComparison.OrdinalIgnoreCase)) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        var metrics = app.MapNet2Metrics().AllowAnonymous();
        // On a port that other machines reach, the audit may well say so.
        if (Uri.TryCreate(url, UriKind.Absolute, out var place) && place.IsLoopback) metrics.WithMetadata(new GuardedElsewhereAttribute("served on a port of this machine alone"));
    }

    private static int? PortOf(string url) => ListenUrls.FindMistake(url) is null && !url.Contains(';', StringComparison.Ordinal) ? BindingAddress.Parse(url).Port : null;
}
