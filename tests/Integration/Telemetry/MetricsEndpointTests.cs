using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Telemetry;

/// <summary>The metrics endpoint of a real proxy.</summary>
public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Scrape_AfterRequests_TellsOfThem()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(static context => context.Response.WriteAsync("12345"));
        await using var app = await StartAsync(new Uri(backend.Urls.First()), static endpoint => endpoint.AllowAnonymous());
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = ProxyUnderTest.Patience };
        for (var i = 0; i < 3; i++) Assert.Equal("12345", await client.GetStringAsync(new Uri("/x", UriKind.Relative)));

        // The last response may be here before it is counted.
        var text = "";
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        const string labels = "http_request_method=\"GET\",http_response_status_code=\"200\",net2_cluster_id=\"backend\",net2_destination_id=\"only\",net2_route_id=\"all\"";
        while (!text.Contains($"net2_proxy_request_duration_seconds_count{{{labels}}} 3\n", StringComparison.Ordinal))
        {
            patience.Token.ThrowIfCancellationRequested();
            using var response = await client.GetAsync(new Uri("/_net2/metrics", UriKind.Relative), patience.Token);
            Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            text = await response.Content.ReadAsStringAsync(patience.Token);
        }

        Assert.Contains("# TYPE net2_proxy_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
        Assert.Contains($"net2_proxy_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("net2_proxy_io_bytes_total{net2_cluster_id=\"backend\",net2_route_id=\"all\",network_io_direction=\"transmit\"} 15\n", text, StringComparison.Ordinal);
        Assert.Contains("net2_proxy_active_requests{net2_route_id=\"all\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("net2_attempt_duration_seconds_count{", text, StringComparison.Ordinal);
        // What was there before, too.
        Assert.Contains("net2_destination_active_requests{", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("let-me-in", HttpStatusCode.OK)]
    public async Task Scrape_ByDefault_RequiresAuthorization(string? key, HttpStatusCode expected)
    {
        await using var app = await StartAsync(new Uri("http://127.0.0.1:1/"), static _ => { });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = ProxyUnderTest.Patience };
        if (key is not null) client.DefaultRequestHeaders.Add("X-Key", key);
        using var response = await client.GetAsync(new Uri("/_net2/metrics", UriKind.Relative));
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Scrape_ByAnybody_NeedsNoAuthorizationInTheApplication()
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNet2Proxy();
        await using var app = builder.Build();
        app.MapNet2Metrics().AllowAnonymous();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = ProxyUnderTest.Patience };
        using var response = await client.GetAsync(new Uri("/_net2/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<WebApplication> StartAsync(Uri backend, Action<IEndpointConventionBuilder> configure)
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNet2Proxy().LoadFromMemory([ProxyUnderTest.Route()], [ProxyUnderTest.Cluster(backend)]);
        builder.Services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, KeyHandler>("key", null);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.MapNet2Proxy();
        configure(app.MapNet2Metrics());
        await app.StartAsync();
        return app;
    }

    private sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-Key"] == "let-me-in"
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity("key")), "key"))
                : AuthenticateResult.NoResult());
    }
}
