using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>What is unsafe is named with its path; strictly, it is refused.</summary>
public sealed class ShieldingAuditTests
{
    private const string Safe = "\"MaxRequestBodySize\": 1000";

    public static TheoryData<string, string> Unsafe => new()
    {
        { "Net2Proxy:Shielding:TrustedProxies", Json(section: "\"Shielding\": { \"TrustedProxies\": [\"10.0.0.0/8\", \"0.0.0.0/0\"] }") },
        { "Net2Proxy:Shielding:TrustedProxies", Json(section: "\"Shielding\": { \"TrustedProxies\": [\"::/0\"] }") },
        { "Net2Proxy:Shielding:AllowNetworks", Json(section: "\"Shielding\": { \"AllowNetworks\": [\"0.0.0.0/0\"] }") },
        { "Net2Proxy:Forwarding:AllowTrace", Json(section: "\"Forwarding\": { \"AllowTrace\": true }") },
        { "Net2Proxy:Routes", Json(route: "\"Order\": 1") },
        { "Net2Proxy:Routes:r:MaxRequestBodySize", Json(route: "\"MaxRequestBodySize\": -1") },
        { "Net2Proxy:Routes:r:Transforms:0", Json(route: Safe + ", \"Transforms\": [ { \"X-Forwarded\": \"Append\" } ]") },
        { "Net2Proxy:Routes:r:Transforms:0", Json(route: Safe + ", \"Transforms\": [ { \"X-Forwarded\": \"Set\", \"For\": \"Off\" } ]") },
        { "Net2Proxy:Routes:r:Transforms:0", Json(route: Safe + ", \"Transforms\": [ { \"Forwarded\": \"for\", \"Action\": \"Append\" } ]") },
        { "Net2Proxy:Clusters:c:HttpClient:DangerousAcceptAnyServerCertificate", Json(cluster: "\"HttpClient\": { \"DangerousAcceptAnyServerCertificate\": true }") },
        { "Net2Proxy:Clusters:c:HttpClient:SslProtocols", Json(cluster: "\"HttpClient\": { \"SslProtocols\": [\"Tls11\", \"Tls12\"] }") },
        { "Net2Proxy:Clusters:c:SessionAffinity:Keys", Json(cluster: "\"SessionAffinity\": { \"Enabled\": true, \"AffinityKeyName\": \"k\" }") },
        { "Net2Proxy:Clusters:c:SessionAffinity:Cookie:SecurePolicy", Json(cluster: Affinity("\"SecurePolicy\": \"None\"")) },
        { "Net2Proxy:Clusters:c:SessionAffinity:Cookie:HttpOnly", Json(cluster: Affinity("\"HttpOnly\": false")) },
    };

    [Theory]
    [MemberData(nameof(Unsafe))]
    public async Task WhatIsUnsafe_IsNamedOnceAndWarnedOf(string path, string json)
    {
        await using var proxy = ConfiguredProxy.FromJson(json);
        var finding = Assert.Single(proxy.Inspector.Findings);
        Assert.Equal(path, finding.Path);
        Assert.Contains(proxy.Log.Messages, m => m.StartsWith("Warning", StringComparison.Ordinal) && m.Contains("Unsafe: " + path + " ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Unsafe))]
    public void WhatIsUnsafe_InStrictMode_IsRefused(string path, string json)
    {
        var errors = ConfiguredProxy.ErrorsOf(json, builder => builder.Configuration.AddInMemoryCollection([new("Net2Proxy:Shielding:Audit", "Strict")]));
        Assert.Contains(errors, e => e.Path == path && e.Message.Contains("Strict", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Unsafe))]
    public async Task WhatIsUnsafe_WithTheAuditOff_IsNotNamed(string path, string json)
    {
        await using var proxy = ConfiguredProxy.FromJson(json, builder => builder.Configuration.AddInMemoryCollection([new("Net2Proxy:Shielding:Audit", "Off")]));
        Assert.Empty(proxy.Inspector.Findings);
        Assert.DoesNotContain(proxy.Log.Messages, m => m.Contains(path, StringComparison.Ordinal) && m.Contains("Unsafe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsSafe_PassesStrictMode()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json(
            route: Safe + ", \"Transforms\": [ { \"X-Forwarded\": \"Append\" } ]",
            cluster: "\"SessionAffinity\": { \"Enabled\": true, \"AffinityKeyName\": \"k\", \"Keys\": [\"a secret that is long enough\"], \"Cookie\": { \"SecurePolicy\": \"Always\" } }",
            section: "\"Shielding\": { \"Audit\": \"Strict\", \"TrustedProxies\": [\"10.0.0.0/8\"] }"));
        Assert.Empty(proxy.Inspector.Findings);
    }

    [Theory]
    [InlineData("urls", "http://0.0.0.0:80", "urls")]
    [InlineData("urls", "http://127.0.0.1:80;http://*:81", "urls")]
    [InlineData("urls", "http://shop.example:80", "urls")]
    [InlineData("http_ports", "8080", "http_ports")]
    [InlineData("Kestrel:Endpoints:front:Url", "http://[::]:80", "Kestrel:Endpoints:front:Url")]
    [InlineData("urls", "http://127.0.0.1:80;http://localhost:81;http://[::1]:82;https://*:443;http://unix:/tmp/x", null)]
    public async Task AnAddressWithoutTls_OnMoreThanThisMachine_IsNamed(string setting, string value, string? path)
    {
        await using var proxy = ConfiguredProxy.FromJson(Json(route: Safe), builder => builder.Configuration.AddInMemoryCollection([new(setting, value)]));
        Assert.Equal(path is null ? [] : [path], proxy.Inspector.Findings.Select(f => f.Path));
    }

    [Fact]
    public async Task AReload_ToWhatIsUnsafe_IsRefusedInStrictMode()
    {
        await using var proxy = ConfiguredProxy.Create(
            p => p.AddRoute("r", r => (r.ClusterId, r.Match.Path, r.MaxRequestBodySize) = ("c", "/", 5)).AddCluster("c", _ => { }),
            builder => builder.Configuration.AddInMemoryCollection([new("Net2Proxy:Shielding:Audit", "Strict")]));
        var configuration = (IConfigurationRoot)proxy.App.Configuration;
        configuration["Net2Proxy:Forwarding:AllowTrace"] = "true";
        configuration.Reload();
        Assert.Contains(proxy.Log.Messages, m => m.StartsWith("Error", StringComparison.Ordinal) && m.Contains("Net2Proxy:Forwarding:AllowTrace", StringComparison.Ordinal));
        Assert.Empty(proxy.Inspector.Findings);
    }

    [Fact]
    public void SettingsInCode_AreCheckedAndAuditedToo()
    {
        var wrong = Assert.Throws<ProxyConfigException>(() => Create(shielding => shielding.DenyNetworks = ["10.0.0.0/99"]));
        Assert.Contains(wrong.Errors, e => e.Path == "Shielding:DenyNetworks:0");
        var risky = Assert.Throws<ProxyConfigException>(() => Create(shielding => (shielding.Audit, shielding.TrustedProxies) = (ShieldingAuditMode.Strict, ["0.0.0.0/0"])));
        Assert.Contains(risky.Errors, e => e.Path == "Shielding:TrustedProxies");

        static void Create(Action<ShieldingOptions> configure) => ConfiguredProxy.Create(
            p => p.AddRoute("r", r => (r.ClusterId, r.Match.Path, r.MaxRequestBodySize) = ("c", "/", 5)).AddCluster("c", _ => { }).Services.Configure(configure));
    }

    [Theory]
    [InlineData("\"AllowNetworks\": [\"10.0.0.1/8\"]", "Net2Proxy:Shielding:AllowNetworks:0")]
    [InlineData("\"TrustedProxies\": [\"10.0.0.0/8\", \"front.example\"]", "Net2Proxy:Shielding:TrustedProxies:1")]
    [InlineData("\"Hosts\": { \"shop.example\": { \"DenyNetworks\": [\"x\"] } }", "Net2Proxy:Shielding:Hosts:shop.example:DenyNetworks:0")]
    [InlineData("\"Hosts\": { \"https//x\": { \"DenyNetworks\": [\"10.0.0.0/8\"] } }", "Net2Proxy:Shielding:Hosts:https//x")]
    [InlineData("\"ProxyProtocol\": \"Required\"", "Net2Proxy:Shielding:ProxyProtocol")]
    [InlineData("\"RequestBurstPerAddress\": 5", "Net2Proxy:Shielding:RequestBurstPerAddress")]
    [InlineData("\"RequestsPerSecondPerAddress\": 0", "Net2Proxy:Shielding:RequestsPerSecondPerAddress")]
    [InlineData("\"MaxConnectionsPerAddress\": 0", "Net2Proxy:Shielding:MaxConnectionsPerAddress")]
    [InlineData("\"MaxTrackedAddresses\": 5", "Net2Proxy:Shielding:MaxTrackedAddresses")]
    [InlineData("\"HiddenFields\": [\"Server:\"]", "Net2Proxy:Shielding:HiddenFields:0")]
    [InlineData("\"Audit\": \"Loud\"", "Net2Proxy:Shielding:Audit")]
    public void WhatIsWrong_IsRefusedByName(string setting, string path) =>
        Assert.Equal(path, Assert.Single(ConfiguredProxy.ErrorsOf(Json(section: $"\"Shielding\": {{ {setting} }}"))).Path);

    [Fact]
    public void WhatIsWrongWithARoutesNetworks_IsRefusedByName() =>
        Assert.Equal(
            ["Net2Proxy:Routes:r:AllowNetworks:1", "Net2Proxy:Routes:r:DenyNetworks:0"],
            ConfiguredProxy.ErrorsOf(Json(route: "\"AllowNetworks\": [\"10.0.0.0/8\", \"10.1.1.1/8\"], \"DenyNetworks\": [\"nobody\"]")).Select(e => e.Path).Order());

    private static string Affinity(string cookie) =>
        $"\"SessionAffinity\": {{ \"Enabled\": true, \"AffinityKeyName\": \"k\", \"Keys\": [\"a secret that is long enough\"], \"Cookie\": {{ {cookie} }} }}";

    private static string Json(string route = Safe, string cluster = "", string section = "") => $$"""
        { "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" }, {{route}} } },
                         "Clusters": { "c": { {{cluster}} } }{{(section.Length > 0 ? ", " + section : "")}} } }
        """;
}
