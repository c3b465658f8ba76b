using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Integration.Dashboard;

/// <summary>The timeline has what happened while nobody looked on.</summary>
public sealed class DashboardEventsTests : IAsyncLifetime
{
    private readonly WebApplication _backend;
    private bool _isBroken = true;

    public DashboardEventsTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _backend = builder.Build();
        _backend.Run(context =>
        {
            if (Volatile.Read(ref _isBroken)) context.Abort();
            return Task.CompletedTask;
        });
    }

    public async ValueTask InitializeAsync() => await _backend.StartAsync();

    public async ValueTask DisposeAsync() => await _backend.DisposeAsync();

    [Fact]
    public async Task Circuit_ThatOpensAndClosesUnseen_IsInTheTimeline()
    {
        await using var host = await DashboardHost.StartAsync($$"""
            { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } },
              "Clusters": { "c": { "HealthCheck": { "Passive": { "Enabled": false } },
                                   "Resilience": { "Retry": { "Enabled": false }, "CircuitBreaker": { "Failures": 2, "OpenFor": "00:00:00.010", "MaxOpenFor": "00:00:00.010" } },
                                   "Destinations": { "a": { "Address": "{{_backend.Urls.First()}}/" } } } } }
            """);
        await RequestUntilAsync(host, "error", "Circuit open: connections fail, single requests try it");
        Volatile.Write(ref _isBroken, false);
        await RequestUntilAsync(host, "good", "Circuit closed: connections work again");
        Assert.False(host.Services.GetRequiredService<TrafficAudience>().IsOn);
    }

    private static async Task RequestUntilAsync(DashboardHost host, string severity, string text)
    {
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        while (true)
        {
            (await host.Client.GetAsync(new Uri("/", UriKind.Relative), patience.Token)).Dispose();
            var events = JsonNode.Parse(await host.Client.GetStringAsync(new Uri("/_net2/api/events", UriKind.Relative), patience.Token))!["events"]!.AsArray();
            if (events.Any(e => ((string?)e!["kind"], (string?)e["severity"], (string?)e["subject"], (string?)e["text"]) == ("circuit", severity, "c / a", text))) return;
        }
    }
}
