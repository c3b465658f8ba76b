using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Net2Secure.Routing.Integration.Dashboard;

namespace Net2Secure.Routing.Browser.Tests;

/// <summary>A candidate configuration tried out in the page.</summary>
public sealed class DryRunDialogTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    // Nobody listens on these ports.
    private const string Settings = """
        { "Routes": { "shop": { "ClusterId": "shop", "Match": { "Path": "/shop/{**rest}" }, "MaxRequestBodySize": 1000 } },
          "Clusters": { "shop": { "LoadBalancingPolicy": "Maglev", "Destinations": { "a": { "Address": "http://127.0.0.1:1/" }, "b": { "Address": "http://127.0.0.1:2/" } } } },
          "Dashboard": { "Enabled": true } }
        """;

    private DashboardHost? _host;

    private DashboardHost Host => _host!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(Settings);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    [Fact]
    public async Task Candidate_OfAFile_IsReported_WithMovesAndKeys()
    {
        await using var opened = await OpenAsync();
        var page = opened.Page;
        var candidate = Candidate(static s =>
        {
            s["Routes"]!["deals <b>"] = JsonNode.Parse("""{ "ClusterId": "shop", "Order": -1, "MaxRequestBodySize": 1000, "Match": { "Path": "/shop/deals/{**rest}" } }""");
            s["Clusters"]!["shop"]!["Destinations"]!.AsObject().Remove("b");
            s["Clusters"]!["shop"]!["Destinations"]!["c"] = JsonNode.Parse("""{ "Address": "http://127.0.0.1:3/" }""");
        });
        await page.Locator("#dry-run-file").SetInputFilesAsync(new FilePayload { Name = "candidate.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(candidate) });
        await Assertions.Expect(page.Locator("#dry-run-text")).ToHaveValueAsync(candidate);
        await page.Locator("#dry-run-go").ClickAsync();
        var report = page.Locator("#dry-run-report");
        await Assertions.Expect(report).ToContainTextAsync("It would serve. What changes: 1 route, 1 cluster.");
        await Assertions.Expect(report).ToBeFocusedAsync();
        // Names are text, whatever they look like.
        await Assertions.Expect(report).ToContainTextAsync("deals <b> → shop");
        await Assertions.Expect(report).ToContainTextAsync("of 4,096 keys move to another server.");
        await Assertions.Expect(report.Locator("tr", new() { HasText = "http://127.0.0.1:3/" })).ToContainTextAsync("added");
        await Assertions.Expect(report.Locator("tr", new() { HasText = "http://127.0.0.1:2/" })).ToContainTextAsync("removed");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#dry-run")).ToBeHiddenAsync();
        // Nothing was loaded.
        Assert.Equal(["shop"], (await Host.StateAsync())["routes"]!.AsArray().Select(static r => (string?)r!["id"]));
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Candidate_ThatIsWrong_IsReportedWithPaths_ByKeyboard()
    {
        await using var opened = await OpenAsync();
        var page = opened.Page;
        await Assertions.Expect(page.Locator("#dry-run-text")).ToBeFocusedAsync();
        await page.Keyboard.InsertTextAsync(Candidate(static s => s["Routes"]!["shop"]!["ClusterId"] = "nobody"));
        await page.Keyboard.PressAsync("Control+Enter");
        var report = page.Locator("#dry-run-report");
        await Assertions.Expect(report).ToContainTextAsync("It would be refused");
        await Assertions.Expect(report).ToContainTextAsync("Net2Proxy:Routes:shop:ClusterId");
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Candidate_OfTheSame_ChangesNothing()
    {
        await using var opened = await OpenAsync();
        await opened.Page.Locator("#dry-run-text").FillAsync(Candidate(static _ => { }));
        await opened.Page.Locator("#dry-run-go").ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#dry-run-report")).ToHaveTextAsync("It would serve, and nothing would change.");
    }

    [Fact]
    public async Task Candidate_ThatCannotBeSent_IsSaid()
    {
        await using var opened = await OpenAsync();
        await opened.Page.Locator("#dry-run-go").ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#dry-run-error")).ToHaveTextAsync("Paste a configuration, or choose a file.");
        await opened.Page.EvaluateAsync("""
            const chosen = new DataTransfer();
            chosen.items.add(new File([new Uint8Array(4 * 1024 * 1024 + 1)], "large.json"));
            const input = document.getElementById("dry-run-file");
            input.files = chosen.files;
            input.dispatchEvent(new Event("change"));
            """);
        await Assertions.Expect(opened.Page.Locator("#dry-run-error")).ToHaveTextAsync("large.json has 4,194,305 bytes: up to 4,194,304 are taken.");
    }

    [Fact]
    public async Task Phone_ShowsTheReportWithoutScrollingSideways()
    {
        await using var opened = await OpenAsync(new() { ViewportSize = new() { Width = 360, Height = 740 } });
        await opened.Page.Locator("#dry-run-text").FillAsync(Candidate(static s => s["Clusters"]!["shop"]!["Destinations"]!["a"]!["Weight"] = 3));
        await opened.Page.Locator("#dry-run-go").ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#dry-run-report")).ToContainTextAsync("Destination");
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>("(d => d.scrollWidth - d.clientWidth)(document.getElementById('dry-run'))"));
    }

    private static string Candidate(Action<JsonNode> change)
    {
        var settings = JsonNode.Parse(Settings)!;
        change(settings);
        return new JsonObject { ["Net2Proxy"] = settings }.ToJsonString();
    }

    private async Task<OpenedPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        var opened = await chromium.OpenAsync(Host.Address, options);
        await opened.Page.Locator("#dry-run-open").ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#dry-run")).ToBeVisibleAsync();
        return opened;
    }
}
