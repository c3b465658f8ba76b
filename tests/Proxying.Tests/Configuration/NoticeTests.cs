using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>What is valid but does nothing yet is said at start, each with its path; what has an effect, or is switched off, is not.</summary>
public sealed class NoticeTests
{
    [Fact]
    public async Task Dashboard_ThatChanges_IsSaidToWaitForTheNextStart()
    {
        await using var proxy = ConfiguredProxy.Create(static _ => { }, static builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Net2Proxy:Routes:r:ClusterId"] = "c",
            ["Net2Proxy:Routes:r:Match:Path"] = "/",
            ["Net2Proxy:Clusters:c:LoadBalancingPolicy"] = "Random",
            ["Net2Proxy:Dashboard:Enabled"] = "false",
        }));
        Assert.Empty(proxy.Inspector.Notices);
        proxy.App.Configuration["Net2Proxy:Dashboard:Enabled"] = "true";
        ((IConfigurationRoot)proxy.App.Configuration).Reload();
        var notice = Assert.Single(proxy.Inspector.Notices);
        Assert.Equal("Net2Proxy:Dashboard", notice.Path);
        Assert.Contains("when the application is started again", notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_ThatAreSwitchedOffOrTakeEffect_AreNotAnnounced()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json(
            "\"ResponseCache\": { \"Enabled\": true }, \"Compression\": { \"Enabled\": true }, \"RequestDecompression\": { \"Enabled\": true }, \"Order\": 3, \"Timeout\": \"00:00:05\", \"ProxyStatus\": true, \"Metadata\": { \"a\": \"b\" }",
            """
            "SessionAffinity": { "Enabled": true, "AffinityKeyName": "k", "Keys": ["a secret that is long enough"] }, "HealthCheck": { "Active": { "Enabled": true, "Path": "/health" }, "Passive": {} }, "LoadBalancingPolicy": "Random", "Limits": { "MaxRequests": 9, "MaxQueue": 9, "QueueTimeout": "00:00:01" },
            "Resilience": { "Retry": { "MaxAttempts": 3 } },
            "HttpClient": { "ConnectTimeout": "00:00:01" }, "HttpRequest": { "Version": "1.1" }, "Destinations": { "d": { "Address": "http://a/", "Health": "http://b/", "Weight": 3, "Priority": 1, "Zone": "eu" } }
            """,
            "\"Forwarding\": { \"Via\": \"off\" }, \"Dashboard\": { \"Enabled\": false }"));
        Assert.Empty(proxy.Inspector.Notices);
    }

    [Fact]
    public async Task AffinityWithoutSecrets_IsAnnounced()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("", "\"SessionAffinity\": { \"Enabled\": true, \"AffinityKeyName\": \"k\" }", ""));
        Assert.Equal("Net2Proxy:Clusters:c:SessionAffinity:Keys", Assert.Single(proxy.Inspector.Notices).Path);
    }

    [Theory]
    [InlineData("\"StrictSni\": true", "Tls:StrictSni")]
    [InlineData("\"MinimumProtocol\": \"Tls13\"", "Tls:MinimumProtocol")]
    [InlineData("\"ClientCertificates\": { \"Mode\": \"Require\" }", "Tls:ClientCertificates")]
    [InlineData("\"StrictSni\": true, \"Directory\": \"certificates\"", null)]
    public async Task RulesOfTls_WithoutCertificates_AreAnnounced(string settings, string? expected)
    {
        await using var proxy = ConfiguredProxy.FromJson($$"""
            { "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" } } }, "Clusters": { "c": {} }, "Tls": { {{settings}} } } }
            """);

        Assert.Equal(expected is null ? [] : ["Net2Proxy:" + expected], proxy.Inspector.Notices.Select(n => n.Path));
    }

    [Fact]
    public async Task NoRoutes_IsAnnounced()
    {
        await using var proxy = ConfiguredProxy.FromJson("""{ "Net2Proxy": { "Clusters": {} } }""");
        Assert.Contains(proxy.Inspector.Notices, n => n.Path == "Net2Proxy:Routes");
    }

    [Fact]
    public async Task SettingsInCode_WithoutEffect_AreAnnouncedToo()
    {
        await using var proxy = ConfiguredProxy.Create(p => p
            .AddCluster("c", c => c.Limits = new() { MaxQueue = 3 })
            .AddRoute("r", r => (r.ClusterId, r.Match.Path) = ("c", "/")));
        Assert.Equal(["Clusters:c:Limits:MaxQueue"], proxy.Inspector.Notices.Select(n => n.Path).Order());
    }

    [Theory]
    [InlineData("MaxQueue", "\"MaxQueue\": 3")]
    [InlineData("QueueTimeout", "\"MaxRequests\": 3, \"QueueTimeout\": \"00:00:01\"")]
    [InlineData("QueueTimeout", "\"MaxRequestsPerDestination\": 3, \"MaxQueue\": 0, \"QueueTimeout\": \"00:00:01\"")]
    public async Task Queue_ThatNobodyCanStandIn_IsAnnounced(string setting, string limits)
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("", $"\"Limits\": {{ {limits} }}", ""));
        var notice = Assert.Single(proxy.Inspector.Notices);
        Assert.Equal("Net2Proxy:Clusters:c:Limits:" + setting, notice.Path);
        Assert.StartsWith("has no effect", notice.Message, StringComparison.Ordinal);
    }

    private static string Json(string route, string cluster, string section) => $$"""
        { "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" }{{(route.Length > 0 ? ", " + route : "")}} } },
                         "Clusters": { "c": { {{cluster}} } }{{(section.Length > 0 ? ", " + section : "")}} } }
        """;
}
