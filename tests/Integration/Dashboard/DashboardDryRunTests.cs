using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Dashboard;

/// <summary>The dry run as a tool asks for it, over a real socket.</summary>
public sealed class DashboardDryRunTests
{
    private const string Path = "/_net2/api/dry-run";

    [Fact]
    public async Task Post_Candidate_ReportsWhatMovesAndAsksNobody()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var settings = Settings(((IPEndPoint)silent.LocalEndpoint).Port);
        await using var host = await DashboardHost.StartAsync(settings);
        Assert.True(host.Services.GetRequiredService<IClusterRegistry>().TryGet("c", out var cluster));
        var snapshot = cluster.Snapshot;
        var candidate = new JsonObject { ["Net2Proxy"] = JsonNode.Parse(settings.Replace("/old", "/new", StringComparison.Ordinal).Replace("\"Weight\": 1", "\"Weight\": 2", StringComparison.Ordinal)) };
        candidate["Net2Proxy"]!["Dashboard"] = new JsonObject { ["Enabled"] = true };
        // Probes of the candidate's would go to the same server, which takes connections and sees none.
        candidate["Net2Proxy"]!["Clusters"]!["c"]!["HealthCheck"] = JsonNode.Parse("""{ "Active": { "Enabled": true, "Interval": "00:00:01" } }""");
        using var response = await PostAsync(host, candidate.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True((bool)report["isValid"]!);
        Assert.Equal("Match:Path", (string?)report["routes"]![0]!["settings"]![0]!["path"]);
        Assert.Equal("Reweighted", (string?)report["clusters"]![0]!["destinations"]![0]!["change"]);
        Assert.Contains(report["requests"]!.AsArray(), static r => (bool)r!["moves"]! && (string?)r["before"]!["routeId"] == "r" && r["after"]!["routeId"] is null);
        Assert.Same(snapshot, cluster.Snapshot);
        Assert.False(silent.Pending());

        var schemas = JsonNode.Parse(await host.Client.GetStringAsync(new Uri("/_net2/api/openapi.json", UriKind.Relative)))!["components"]!["schemas"]!;
        Assert.Equal(
            report.AsObject().Select(static p => p.Key).Order(StringComparer.Ordinal),
            schemas["DryRunReport"]!["properties"]!.AsObject().Select(static p => p.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Post_WrongCandidate_ReportsErrorsWithPaths()
    {
        await using var host = await DashboardHost.StartAsync(Settings(1));
        using var response = await PostAsync(host, """{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "nobody", "Match": { "Path": "/" } } } } }""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.False((bool)report["isValid"]!);
        Assert.Equal("Net2Proxy:Routes:r:ClusterId", (string?)report["errors"]![0]!["path"]);
    }

    [Fact]
    public async Task Post_WithoutTheFieldOfActions_IsRefused()
    {
        await using var host = await DashboardHost.StartAsync(Settings(1));
        using var response = await PostAsync(host, "{}", isMeant: false);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Post_TooLarge_Is413()
    {
        await using var host = await DashboardHost.StartAsync(Settings(1));
        using var response = await PostAsync(host, new string(' ', (4 * 1024 * 1024) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Post_WhileAnotherRuns_Is429()
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var slow = new Mock<IConfiguration>(MockBehavior.Strict);
        slow.Setup(static s => s.GetChildren()).Returns(() =>
        {
            entered.Set();
            gate.Wait(DashboardHost.Patience);
            return [];
        });
        await using var host = await DashboardHost.StartAsync(Settings(1));
        var first = host.Services.GetRequiredService<IProxyDryRun>().RunAsync(slow.Object);
        Assert.True(entered.Wait(DashboardHost.Patience));
        using var response = await PostAsync(host, """{ "Net2Proxy": { "Routes": {} } }""");
        gate.Set();
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        await first.WaitAsync(DashboardHost.Patience);
    }

    [Fact]
    public async Task Post_AfterRequests_AsksForThoseAsWell()
    {
        await using var backend = await DashboardHost.StartBackendAsync();
        var settings = JsonNode.Parse(Settings(new Uri(backend.Urls.First()).Port).Replace("/old", "/{**rest}", StringComparison.Ordinal))!;
        settings["Explain"] = new JsonObject { ["Enabled"] = true };
        await using var host = await DashboardHost.StartAsync(settings.ToJsonString());
        await host.Client.GetStringAsync(new Uri("/seldom/asked", UriKind.Relative));
        // Requests come there when they have ended, which is after their last byte.
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        while (host.Services.GetRequiredService<IRequestExplanations>().Find(new RequestExplanationQuery()).All(static r => r.Target != "/seldom/asked"))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        settings["Routes"]!["r"]!["Match"]!["Path"] = "/often/{**rest}";
        using var response = await PostAsync(host, new JsonObject { ["Net2Proxy"] = settings }.ToJsonString());
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var recent = report["requests"]!.AsArray().Single(static r => (string?)r!["origin"] == "Recent")!;
        Assert.Equal("/seldom/asked", new Uri((string)recent["url"]!).AbsolutePath);
        Assert.Equal(("r", null), ((string?)recent["before"]!["routeId"], (string?)recent["after"]!["routeId"]));
    }

    private static string Settings(int port) => $$"""
        { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/old" } } }, "Clusters": { "c": { "Destinations": { "d": { "Address": "http://127.0.0.1:{{port}}/", "Weight": 1 } } } } }
        """;

    private static async Task<HttpResponseMessage> PostAsync(DashboardHost host, string body, bool isMeant = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (isMeant) request.Headers.Add("X-Net2-Dashboard", "1");
        return await host.Client.SendAsync(request);
    }
}
