using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Integration.Dashboard;

/// <summary>A proxy with a dashboard, on a port of its own.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;

    private DashboardHost(WebApplication app, RecordedLines log)
    {
        _app = app;
        Log = log;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address, Timeout = Patience };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public RecordedLines Log { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts one.</summary>
    /// <param name="settings">The section <c>Net2Proxy</c>, without the dashboard's.</param>
    /// <param name="dashboard">The section <c>Dashboard</c>; <see langword="null"/> for none.</param>
    /// <param name="host">Adds services.</param>
    /// <param name="map">Maps endpoints before the proxy's.</param>
    public static async Task<DashboardHost> StartAsync(
        string settings, string? dashboard = """{ "Enabled": true }""", Action<WebApplicationBuilder>? host = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        var section = JsonNode.Parse(settings)!.AsObject();
        if (dashboard is not null) section["Dashboard"] = JsonNode.Parse(dashboard);
        var json = new JsonObject { ["Net2Proxy"] = section }.ToJsonString();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        var log = new RecordedLines();
        builder.Logging.ClearProviders().AddProvider(log).AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNet2Proxy();
        host?.Invoke(builder);
        var app = builder.Build();
        map?.Invoke(app);
        app.MapNet2Proxy();
        await app.StartAsync();
        return new DashboardHost(app, log);
    }

    /// <summary>A backend that answers by its path: <c>/status/503</c> by 503, all else by 200.</summary>
    public static async Task<WebApplication> StartBackendAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(static context =>
        {
            if (context.Request.Path.StartsWithSegments("/status", StringComparison.Ordinal, out var rest)) context.Response.StatusCode = int.Parse(rest.Value!.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
            else context.Response.Headers.CacheControl = "max-age=600";
            return context.Response.WriteAsync("hello");
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>The state as JSON.</summary>
    public async Task<JsonNode> StateAsync() => JsonNode.Parse(await Client.GetStringAsync(new Uri("/_net2/api/state", UriKind.Relative)))!;

    /// <summary>Asks for the state until it is as expected, for a bounded time.</summary>
    public async Task<JsonNode> StateAsync(Func<JsonNode, bool> isExpected)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var state = await StateAsync();
            if (isExpected(state)) return state;
            Assert.False(patience.IsCancellationRequested, $"The state never was as expected; at last it was {state}.");
            await Task.Yield();
        }
    }

    /// <summary>Asks for an action as the page does.</summary>
    public async Task<HttpResponseMessage> ActAsync(string action, string body, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/_net2/api/actions/" + action, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Net2-Dashboard", "1");
        change?.Invoke(request);
        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
