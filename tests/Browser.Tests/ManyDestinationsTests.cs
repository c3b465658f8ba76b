using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Net2Secure.Routing.Integration.Dashboard;

namespace Net2Secure.Routing.Browser.Tests;

/// <summary>The page with 1,000 destinations: what it holds and what it changes stay bounded, counted in nodes and bytes.</summary>
public sealed class ManyDestinationsTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const int Count = 1000;
    private const int MostElements = 1500;
    private const int MostChanges = 400;

    private WebApplication? _backend;
    private DashboardHost? _host;

    private DashboardHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _backend = await DashboardHost.StartBackendAsync();
        var destinations = new JsonObject();
        for (var i = 0; i < Count; i++) destinations[$"d{i:000}"] = new JsonObject { ["Address"] = _backend.Urls.First() + "/" };
        var settings = new JsonObject
        {
            ["Routes"] = new JsonObject { ["many"] = new JsonObject { ["ClusterId"] = "many", ["Match"] = new JsonObject { ["Path"] = "/{**rest}" } } },
            ["Clusters"] = new JsonObject { ["many"] = new JsonObject { ["LoadBalancingPolicy"] = "RoundRobin", ["Destinations"] = destinations } },
        };
        _host = await DashboardHost.StartAsync(settings.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_backend is not null) await _backend.DisposeAsync();
    }

    [Fact]
    public async Task Page_StaysSmall_AndAChangeOfAllTouchesFewNodes()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        var page = opened.Page;
        await Assertions.Expect(page.Locator("[data-cluster=many] .brief")).ToContainTextAsync("1,000 of 1,000 in use");
        Assert.InRange(await ElementsAsync(page), 100, MostElements);
        await page.EvaluateAsync("""
            window.changes = []; let touched = 0;
            new MutationObserver(list => { touched += list.length; }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
            const live = new EventSource("api/stream");
            live.addEventListener("change", e => setTimeout(() => { window.changes.push({ touched, bytes: e.data.length, rows: JSON.parse(e.data).clusters[0].numbers.length }); touched = 0; }));
            """);
        // Each of them has something new to tell.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < Count / 8; i++) await Host.Client.GetStringAsync(new Uri("/x", UriKind.Relative));
        }));
        var changes = Array.Empty<Change>();
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        while (changes.Sum(static c => c.Rows) < Count)
        {
            patience.Token.ThrowIfCancellationRequested();
            changes = await page.EvaluateAsync<Change[]>("window.changes");
        }

        Assert.All(changes, static c => Assert.InRange(c.Touched, 0, MostChanges));
        // 1,000 rows in a second: less than 100 bytes for each.
        Assert.All(changes, static c => Assert.InRange(c.Bytes, 1, 100_000));
        Assert.InRange(await ElementsAsync(page), 100, MostElements);
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task AnyDestination_IsFound_AndEveryPageIsReached()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        var page = opened.Page;
        var rows = page.Locator("[data-cluster=many] tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(25);
        await page.GetByLabel("Next page of many").ClickAsync();
        await Assertions.Expect(rows.First).ToContainTextAsync("d025");
        await page.GetByLabel("Filter the destinations of many").FillAsync("d777");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        using var drained = await Host.ActAsync("override", """{ "cluster": "many", "destination": "d500", "state": "draining" }""");
        await page.GetByLabel("Filter the destinations of many").FillAsync("");
        // Out of the ordinary, it stands first wherever it was.
        await Assertions.Expect(rows.First).ToContainTextAsync("d500");
        await page.GetByLabel("Destinations of many by state").SelectOptionAsync("draining");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
    }

    private static Task<int> ElementsAsync(IPage page) => page.EvaluateAsync<int>("document.querySelectorAll('*').length");

    private sealed class Change
    {
        public int Touched { get; set; }

        public int Bytes { get; set; }

        public int Rows { get; set; }
    }
}
