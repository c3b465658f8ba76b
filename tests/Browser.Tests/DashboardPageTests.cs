using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Net2Secure.Routing.Integration.Dashboard;

namespace Net2Secure.Routing.Browser.Tests;

/// <summary>The page of the dashboard in a real browser, in front of a real proxy.</summary>
public sealed class DashboardPageTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private WebApplication? _backend;
    private DashboardHost? _host;

    private DashboardHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _backend = await DashboardHost.StartBackendAsync();
        var url = _backend.Urls.First();
        // Nobody listens on port 1.
        _host = await DashboardHost.StartAsync($$"""
            { "Explain": { "Enabled": true },
              "Tcp": { "passed": { "Address": "127.0.0.1:0", "ClusterId": "shop" } },
              "Routes": { "shop": { "ClusterId": "shop", "Match": { "Path": "/{**rest}" } } },
              "Clusters": { "shop": { "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:10", "Timeout": "00:00:02" } },
                                      "Destinations": { "a": { "Address": "{{url}}/" }, "b": { "Address": "{{url}}/" }, "c": { "Address": "{{url}}/" }, "gone": { "Address": "http://127.0.0.1:1/" } } } } }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_backend is not null) await _backend.DisposeAsync();
    }

    [Fact]
    public async Task Page_ShowsWhatIsWrongAndWhy_WithoutAnyComplaintOrOutsideResource()
    {
        await Host.Client.GetStringAsync(new Uri("/x", UriKind.Relative));
        await using var opened = await chromium.OpenAsync(Host.Address);
        var problem = opened.Page.Locator("#problems-list li").First;
        await Assertions.Expect(problem).ToContainTextAsync("shop / gone");
        await Assertions.Expect(problem).ToContainTextAsync("connection_refused");
        var row = opened.Page.Locator("tr[data-destination=gone]");
        await Assertions.Expect(row).ToContainTextAsync("unhealthy");
        await Assertions.Expect(row).ToContainTextAsync("connection_refused");
        // Trouble stands first.
        await Assertions.Expect(opened.Page.Locator("[data-cluster=shop] tbody tr").First).ToContainTextAsync("gone");
        await Assertions.Expect(opened.Page.Locator("#requests-body")).ToContainTextAsync("/x");
        await opened.Page.Locator("#requests-body button").First.ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#requests-body .attempts")).ToContainTextAsync("Could be picked");
        Assert.Empty(opened.Complaints);
        Assert.All(opened.Asked, uri => Assert.True(uri.Scheme == "data" || uri.Authority == Host.Address.Authority, $"{uri} was asked for."));
    }

    [Fact]
    public async Task TcpPorts_AreShownWithWhatGoesThroughThem()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        var row = opened.Page.Locator("#tcp-body tbody tr");
        await Assertions.Expect(row).ToContainTextAsync("passed");
        await Assertions.Expect(row.Locator("td[data-name=Taken]")).ToHaveTextAsync("0");
        var address = await row.Locator("code").InnerTextAsync();
        using (var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) })
        {
            client.DefaultRequestHeaders.ConnectionClose = true;
            await client.GetStringAsync(new Uri($"http://{address}/x"));
        }

        await Assertions.Expect(row.Locator("td[data-name=Taken]")).ToHaveTextAsync("1");
        await Assertions.Expect(row.Locator("td[data-name=Out]")).Not.ToHaveTextAsync("0 B");
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Numbers_FollowTheTraffic()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        for (var i = 0; i < 20; i++) await Host.Client.GetStringAsync(new Uri("/x", UriKind.Relative));
        await Assertions.Expect(opened.Page.Locator(".tile .value").First).Not.ToHaveTextAsync("0 /s");
        await Assertions.Expect(opened.Page.Locator(".tile .chart .stroke").First).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex("^M.*L", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Drain_ByKeyboard_IsConfirmedAndCarriedOut()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        var (page, keyboard) = (opened.Page, opened.Page.Keyboard);
        await page.Locator("tr[data-destination=b] button").FocusAsync();
        await keyboard.PressAsync("Enter");
        var dialog = page.Locator("#steer");
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#steer-confirm")).ToBeDisabledAsync();
        // Nothing chosen yet: Escape leaves everything as it is.
        await keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("Space");
        await Assertions.Expect(page.Locator("#steer-confirm")).ToHaveTextAsync("Drain b");
        await Assertions.Expect(page.Locator("#steer-effect")).ToContainTextAsync("2 others take its traffic");
        Assert.Equal("none", await OverrideAsync("b"));
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync("new version");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        Assert.Equal("steer-confirm", await page.EvaluateAsync<string>("document.activeElement.id"));
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("tr[data-destination=b]")).ToContainTextAsync("draining");
        await Assertions.Expect(page.Locator("#timeline-list")).ToContainTextAsync("new version");
        Assert.Equal("draining", await OverrideAsync("b"));
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Weight_IsSetByTheDialog()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        var page = opened.Page;
        await page.Locator("tr[data-destination=a] button").ClickAsync();
        await page.Locator("#steer input[value=weight]").CheckAsync();
        await page.Locator("#steer-weight").FillAsync("8");
        await page.Locator("#steer-confirm").ClickAsync();
        await Assertions.Expect(page.Locator("tr[data-destination=a]")).ToContainTextAsync("8 (configured 1)");
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Colours_FollowTheSystem()
    {
        await using var light = await chromium.OpenAsync(Host.Address, new() { ColorScheme = ColorScheme.Light });
        await using var dark = await chromium.OpenAsync(Host.Address, new() { ColorScheme = ColorScheme.Dark });
        Assert.True(await BrightnessAsync(light.Page, "backgroundColor") > 0.9);
        Assert.True(await BrightnessAsync(light.Page, "color") < 0.2);
        Assert.True(await BrightnessAsync(dark.Page, "backgroundColor") < 0.2);
        Assert.True(await BrightnessAsync(dark.Page, "color") > 0.8);
    }

    [Fact]
    public async Task Phone_ShowsAllWithoutScrollingSideways()
    {
        await using var opened = await chromium.OpenAsync(Host.Address, new() { ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true, DeviceScaleFactor = 2 });
        await Assertions.Expect(opened.Page.Locator("tr[data-destination=gone]")).ToContainTextAsync("connection_refused");
        Assert.Equal(360, await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>("[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 361 && !e.closest('[hidden]')).length"));
    }

    [Fact]
    public async Task Stream_ThatBreaks_IsSaid()
    {
        await using var opened = await chromium.OpenAsync(Host.Address);
        await _host!.DisposeAsync();
        _host = null;
        await Assertions.Expect(opened.Page.Locator("#live")).ToContainTextAsync("connection lost");
    }

    private static async Task<double> BrightnessAsync(IPage page, string property)
    {
        var colour = await page.EvaluateAsync<string>($"getComputedStyle(document.body).{property}");
        var parts = colour[(colour.IndexOf('(', StringComparison.Ordinal) + 1)..].TrimEnd(')').Split(',').Take(3).Select(static p => double.Parse(p, CultureInfo.InvariantCulture));
        return parts.Average() / 255;
    }

    private async Task<string?> OverrideAsync(string destination) =>
        (string?)(await Host.StateAsync())["clusters"]![0]!["destinations"]!.AsArray().Single(d => (string?)d!["id"] == destination)!["override"];
}
