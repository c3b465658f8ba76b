using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

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
