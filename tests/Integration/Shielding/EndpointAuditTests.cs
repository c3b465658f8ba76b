using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Dashboard;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Shielding;

/// <summary>Endpoints of this product that code has opened to anybody are named where other machines can reach them; strictly, the application does not start.</summary>
public sealed class EndpointAuditTests
{
    private const string Everywhere = "http://0.0.0.0:0";
    private const string ThisMachine = "http://127.0.0.1:0";

    public static TheoryData<string, string> Opened => new()
    {
        { "metrics", "Endpoint /_net2/metrics" },
        { "purge", "Endpoint /_net2/cache/purge" },
        { "dashboard", "Endpoint /_net2" },
        { "dashboard of the configuration", "Endpoint /_board" },
        { "metrics in a group, for a host", "Endpoint /inside/metrics" },
    };

    [Theory]
    [MemberData(nameof(Opened))]
    public async Task WhatAnybodyMayUse_IsNamedOnceAndWarnedOf(string what, string path)
    {
        var log = new RecordedLines();
        await using var app = Build(what, ShieldingAuditMode.Warn, log, Everywhere);
        await app.StartAsync();

        var finding = Assert.Single(Findings(app));
        Assert.Equal(path, finding.Path);
        Assert.Contains("0.0.0.0", finding.Message, StringComparison.Ordinal);
        Assert.Single(log.Lines, l => l.StartsWith($"Warning 4713 Unsafe: {path} ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Opened))]
    public async Task WhatAnybodyMayUse_InStrictMode_KeepsTheApplicationFromListening(string what, string path)
    {
        await using var app = Build(what, ShieldingAuditMode.Strict, new(), Everywhere);

        var refused = await Assert.ThrowsAsync<ProxyConfigException>(() => app.StartAsync());

        var error = Assert.Single(refused.Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains("Strict", error.Message, StringComparison.Ordinal);
        // Known before it listened: the port that the system would have chosen is still to be chosen.
        Assert.Equal([Everywhere], app.Urls);
    }

    // Where code says where to listen, that is known only once the server does.
    [Fact]
    public async Task AnAddressOfCodeAlone_IsJudgedToo()
    {
        static void Listen(WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0));
        await using var strict = Build("metrics", ShieldingAuditMode.Strict, new(), url: null, Listen);
        Assert.Equal("Endpoint /_net2/metrics", Assert.Single((await Assert.ThrowsAsync<ProxyConfigException>(() => strict.StartAsync())).Errors).Path);

        await using var warned = Build("metrics", ShieldingAuditMode.Warn, new(), url: null, Listen);
        await warned.StartAsync();
        Assert.Equal("Endpoint /_net2/metrics", Assert.Single(Findings(warned)).Path);
    }

    [Theory]
    [InlineData("metrics", ThisMachine)]
    [InlineData("dashboard", ThisMachine)]
    [InlineData("metrics that are guarded elsewhere", Everywhere)]
    [InlineData("metrics with authorization", Everywhere)]
    [InlineData("dashboard for this machine", Everywhere)]
    [InlineData("an endpoint of the application", Everywhere)]
    public async Task WhatNobodyElseReachesOrNotEverybodyMayUse_PassesStrictMode(string what, string url)
    {
        await using var app = Build(what, ShieldingAuditMode.Strict, new(), url);
        await app.StartAsync();
        Assert.Empty(Findings(app));
    }

    [Fact]
    public async Task WithTheAuditOff_NothingIsNamed()
    {
        var log = new RecordedLines();
        await using var app = Build("metrics", ShieldingAuditMode.Off, log, Everywhere);
        await app.StartAsync();
        Assert.Empty(Findings(app));
        Assert.DoesNotContain(log.Lines, l => l.Contains("Unsafe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AReload_ToStrictMode_IsRefusedForWhatIsMapped_AndTheFindingStays()
    {
        var log = new RecordedLines();
        await using var app = Build("metrics", null, log, Everywhere);
        await app.StartAsync();
        var configuration = (IConfigurationRoot)app.Configuration;
        configuration["Net2Proxy:Forwarding:Via"] = "other";
        configuration.Reload();
        Assert.Equal("Endpoint /_net2/metrics", Assert.Single(Findings(app)).Path);

        configuration["Net2Proxy:Shielding:Audit"] = "Strict";
        configuration.Reload();

        Assert.Contains(log.Lines, l => l.StartsWith("Error 4011", StringComparison.Ordinal) && l.Contains("Endpoint /_net2/metrics", StringComparison.Ordinal));
    }

    private static IReadOnlyList<Balancing.ConfigError> Findings(WebApplication app) => app.Services.GetRequiredService<IProxyInspector>().Findings;

    private static WebApplication Build(string what, ShieldingAuditMode? audit, RecordedLines log, string? url, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.Logging.AddProvider(log);
        builder.Configuration.AddInMemoryCollection([
            new("Net2Proxy:Shielding:TrustedProxies:0", "10.0.0.0/8"), new("Net2Proxy:Routes:r:ClusterId", "c"), new("Net2Proxy:Routes:r:Match:Path", "/app"), new("Net2Proxy:Routes:r:MaxRequestBodySize", "1000"),
            new("Net2Proxy:Clusters:c:Destinations:d:Address", "http://127.0.0.1:1/")]);
        if (audit is not null) builder.Configuration["Net2Proxy:Shielding:Audit"] = audit.ToString();
        if (what.StartsWith("dashboard ", StringComparison.Ordinal))
        {
            builder.Configuration["Net2Proxy:Dashboard:Enabled"] = "true";
            builder.Configuration["Net2Proxy:Dashboard:Path"] = "/_board";
            if (what == "dashboard of the configuration") builder.Configuration["Net2Proxy:Dashboard:AuthorizationPolicy"] = "Anonymous";
        }

        if (url is not null) builder.WebHost.UseUrls(url);
        builder.Services.AddNet2Proxy();
        builder.Services.AddAuthorization();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapNet2Proxy();
        _ = what switch
        {
            "metrics" => app.MapNet2Metrics().AllowAnonymous(),
            "purge" => app.MapNet2CachePurge().AllowAnonymous(),
            "dashboard" => app.MapNet2Dashboard().AllowAnonymous(),
            "metrics in a group, for a host" => app.MapGroup("/inside").MapNet2Metrics("/metrics").RequireHost("localhost").AllowAnonymous(),
            "metrics that are guarded elsewhere" => app.MapNet2Metrics().AllowAnonymous().WithMetadata(new GuardedElsewhereAttribute("by a port of its own")),
            "metrics with authorization" => app.MapNet2Metrics(),
            "an endpoint of the application" => app.MapGet("/hello", static () => "hello").AllowAnonymous(),
            _ => null,
        };
        return app;
    }
}
