using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Net2Secure.Routing.Integration.Dashboard;

namespace Net2Secure.Routing.Browser.Tests;

/// <summary>The page with 1,000 routes to 100 clusters: any of them is found by keyboard, and what the page holds and changes stays bounded.</summary>
public sealed class ManyRoutesTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const int Routes = 1000;
    private const int Clusters = 100;
    private const int MostElements = 3500;
    private const int MostChanges = 600;

    private WebApplication? _backend;
    private DashboardHost? _host;

    private DashboardHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _backend = await DashboardHost.StartBackendAsync();
        var (routes, clusters) = (new JsonObject(), new JsonObject());
        for (var i = 0; i < Routes; i++) routes[$"r{i:000}"] = new JsonObject { ["ClusterId"] = $"c{i % Clusters:00}", ["Match"] = new JsonObject { ["Path"] = $"/{i}/{{**rest}}" } };
        routes["r000"]!["ResponseCache"] = new JsonObject { ["Enabled"] = true };
        for (var i = 0; i < Clusters; i++) clusters[$"c{i:00}"] = new JsonObject { ["Destinations"] = new JsonObject { ["a"] = new JsonObject { ["Address"] = _backend.Urls.First() + "/" } } };
        _host = await DashboardHost.StartAsync(new JsonObject { ["Routes"] = routes, ["Clusters"] = clusters }.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_backend is not null) await _backend.DisposeAsync();
    }

    [Fact]
    public async Task AnyRouteAndCluster_IsFoundByKeyboard()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        var (page, keyboard) = (opened.Page, opened.Page.Keyboard);
        var (rows, clusters) = (page.Locator("#routes-body tbody tr"), page.Locator("details.cluster"));
        await Assertions.Expect(rows).ToHaveCountAsync(25);
        await keyboard.PressAsync("/");
        await keyboard.TypeAsync("c77");
        await Assertions.Expect(page.Locator("#find")).ToHaveValueAsync("c77");
        await Assertions.Expect(rows).ToHaveCountAsync(10);
        await Assertions.Expect(clusters).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#find-found")).ToHaveTextAsync("1 of 100 clusters, 10 of 1,000 routes");
        // Another word has to fit as well.
        await keyboard.TypeAsync(" /777/");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows.First).ToContainTextAsync("r777");
        await keyboard.PressAsync("Escape");
        await Assertions.Expect(rows).ToHaveCountAsync(25);
        await Assertions.Expect(clusters).ToHaveCountAsync(40);
        await page.GetByLabel("Next page of the routes").FocusAsync();
        for (var i = 0; i < 39; i++) await keyboard.PressAsync("Enter");
        await Assertions.Expect(rows.First).ToContainTextAsync("r975");
        // The button that cannot go on has left the focus to its neighbour.
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(rows.First).ToContainTextAsync("r950");
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Page_StaysSmall_AndIsToldOnlyOfRoutesThatHaveNews()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        var page = opened.Page;
        Assert.InRange(await ElementsAsync(page), 100, MostElements);
        await page.EvaluateAsync("""
            window.changes = []; let touched = 0;
            new MutationObserver(list => { touched += list.length; }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
            const live = new EventSource("api/stream");
            live.addEventListener("change", e => setTimeout(() => { window.changes.push({ touched, routes: JSON.parse(e.data).routes.length }); touched = 0; }));
            """);
        for (var i = 0; i < 50; i++) await Host.Client.GetStringAsync(new Uri($"/{i}/x", UriKind.Relative));
        await Assertions.Expect(page.Locator("tr[data-route=r000]")).ToContainTextAsync("1 missed");
        await Host.Client.GetStringAsync(new Uri("/0/x", UriKind.Relative));
        await Assertions.Expect(page.Locator("tr[data-route=r000]")).ToContainTextAsync("1 hits · 1 missed · 5 B");
        await Assertions.Expect(page.Locator("tr[data-route=r000]")).ToContainTextAsync("50 % served");
        var changes = Array.Empty<Change>();
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        while (changes.Sum(static c => c.Routes) < 50)
        {
            patience.Token.ThrowIfCancellationRequested();
            changes = await page.EvaluateAsync<Change[]>("window.changes");
        }

        Assert.All(changes, static c => Assert.InRange(c.Routes, 0, 50));
        Assert.All(changes, static c => Assert.InRange(c.Touched, 0, MostChanges));
        Assert.InRange(await ElementsAsync(page), 100, MostElements);
        Assert.Empty(opened.Complaints);
    }

    private static Task<int> ElementsAsync(IPage page) => page.EvaluateAsync<int>("document.querySelectorAll('*').length");

    private sealed class Change
    {
        public int Touched { get; set; }

        public int Routes { get; set; }
    }
}
