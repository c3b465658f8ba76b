using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Faults;

/// <summary>The backend: works on requests, writes down their ids before it answers, and misbehaves as it is told.</summary>
internal static class BackendProcess
{
    /// <summary>Runs until the process is ended.</summary>
    /// <param name="name">What it answers by.</param>
    /// <param name="port">Where it listens, on loopback.</param>
    /// <param name="log">The file for the ids.</param>
    public static async Task RunAsync(string name, int port, string log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, port));
        await using var app = builder.Build();
        await using var ids = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var writing = new Lock();
        var mode = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        var turn = 0L;
        app.MapPost("/_lab", (HttpContext context) =>
        {
            foreach (var (key, value) in context.Request.Query) mode[key] = double.Parse(value.ToString(), CultureInfo.InvariantCulture);
        });
        app.MapGet("/health", () => Results.StatusCode((int)mode.GetValueOrDefault("health", 200)));
        app.Map("/work", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            lock (writing) ids.WriteLine($"{context.Request.Headers["X-Id"]} {context.Request.Method}");
            context.Response.Headers["X-Backend"] = name;
            if (mode.GetValueOrDefault("delay") is > 0 and var delay) await Task.Delay(TimeSpan.FromMilliseconds(delay));
            var errors = mode.GetValueOrDefault("errors");
            var number = Interlocked.Increment(ref turn);
            if (Math.Floor(number * errors) > Math.Floor((number - 1) * errors)) context.Response.StatusCode = (int)mode.GetValueOrDefault("status", 503);
            await context.Response.WriteAsync("done");
        });
        await app.RunAsync();
    }
}
