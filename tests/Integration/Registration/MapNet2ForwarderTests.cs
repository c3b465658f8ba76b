using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Registration;

/// <summary>Forwarding to an address that code names.</summary>
public sealed class MapNet2ForwarderTests
{
    [Fact]
    public async Task Forwarder_MatchingRequest_GoesToTheAddressAndOthersDoNot()
    {
        await using var backend = await StartBackendAsync();
        await using var app = await StartAsync(routes => routes.MapNet2Forwarder("/api/{**rest}", backend.Urls.First()));
        using var client = Client(app);
        Assert.Equal("backend GET /api/a%2Fb?x=1", await client.GetStringAsync("/api/a%2Fb?x=1"));
        Assert.Equal("own", await client.GetStringAsync("/own"));
        using var response = await client.GetAsync("/elsewhere");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Forwarder_OfEverything_LeavesTheApplicationsOwnEndpoints()
    {
        await using var backend = await StartBackendAsync();
        await using var app = await StartAsync(routes => routes.MapNet2Forwarder("/{**rest}", backend.Urls.First()));
        using var client = Client(app);
        Assert.Equal("backend GET /", await client.GetStringAsync("/"));
        Assert.Equal("own", await client.GetStringAsync("/own"));
    }

    [Fact]
    public async Task Forwarder_PathInTheAddress_StandsBeforeThatOfTheRequest()
    {
        await using var backend = await StartBackendAsync();
        await using var app = await StartAsync(routes => routes.MapNet2Forwarder("/api/{**rest}", backend.Urls.First() + "/v1/"));
        using var client = Client(app);
        Assert.Equal("backend GET /v1/api/x", await client.GetStringAsync("/api/x"));
    }

    [Fact]
    public async Task Forwarder_Transforms_AreApplied()
    {
        await using var backend = await StartBackendAsync();
        await using var app = await StartAsync(routes => routes.MapNet2Forwarder("/api/{version}/{**rest}", backend.Urls.First(), o => o.WithTransforms(r => r
            .WithTransformPathRouteValues("/{rest}").WithTransformQueryRouteValue("v", "version"))));
        using var client = Client(app);
        Assert.Equal("backend GET /x?v=2", await client.GetStringAsync("/api/2/x"));
    }

    [Fact]
    public async Task Forwarder_InAGroup_KeepsItsPrefixAndConventions()
    {
        await using var backend = await StartBackendAsync();
        await using var app = await StartAsync(routes => routes.MapGroup("/group").MapNet2Forwarder("{**rest}", backend.Urls.First()).RequireHost("only.here"));
        using var client = Client(app);
        using var elsewhere = await client.GetAsync("/group/x");
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/group/x") { Headers = { Host = "only.here" } };
        using var response = await client.SendAsync(request);
        Assert.Equal("backend GET /group/x", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Forwarder_SamePatternForTwoHosts_KeepsThemApart()
    {
        await using var one = await StartBackendAsync("one");
        await using var two = await StartBackendAsync("two");
        await using var app = await StartAsync(routes =>
        {
            routes.MapNet2Forwarder("/{**rest}", one.Urls.First()).RequireHost("one.test");
            routes.MapNet2Forwarder("/{**rest}", two.Urls.First()).RequireHost("two.test");
        });
        using var client = Client(app);
        foreach (var name in (string[])["one", "two"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = $"{name}.test" } };
            using var response = await client.SendAsync(request);
            Assert.Equal($"{name} GET /", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Forwarder_TimeLimitOver_Answers504WithItsReason()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var app = await StartAsync(routes => routes.MapNet2Forwarder("/api/{**rest}", backend.Urls.First(), o => (o.Timeout, o.ProxyStatus) = (TimeSpan.FromMilliseconds(50), true)));
        using var client = Client(app);
        using var response = await client.GetAsync("/api/slow");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Contains("http_response_timeout", response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forwarder_BodyLargerThanAllowed_Answers413()
    {
        await using var backend = await StartBackendAsync();
        await using var app = await StartAsync(routes => routes.MapNet2Forwarder("/api/{**rest}", backend.Urls.First(), o => o.MaxRequestBodySize = 10));
        using var client = Client(app);
        using var content = new ByteArrayContent(new byte[11]);
        using var response = await client.PostAsync("/api/", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Forwarder_HandlerOfTheUser_SeesItsRequests()
    {
        await using var backend = await StartBackendAsync();
        var seen = new MarkingHandlers();
        await using var app = await StartAsync(
            routes => routes.MapNet2Forwarder("/api/{**rest}", backend.Urls.First()), services => services.AddSingleton<IClusterHandlerFactory>(seen));
        using var client = Client(app);
        Assert.Equal("backend GET /api/", await client.GetStringAsync("/api/"));
        Assert.Equal(1, seen.Requests);
    }

    [Fact]
    public async Task Forwarder_WrongAddressAndOptions_FailWithEverythingThatIsWrong()
    {
        var builder = Builder();
        builder.Services.AddNet2Proxy();
        await using var app = builder.Build();
        var error = Assert.Throws<ProxyConfigException>(() => app.MapNet2Forwarder("/api/{**rest}", "nowhere", o =>
        {
            o.Timeout = TimeSpan.FromDays(2);
            o.HttpRequest = new() { Version = new Version(4, 0) };
            o.WithTransforms(r => r.WithTransform(t => t["PathPrefxi"] = "/x"));
        }));
        Assert.Equal(4, error.Errors.Count);
        Assert.All(["Address", "Timeout", "Version", "Transforms:0"], part => Assert.Contains(error.Errors, e => e.Path.Contains(part, StringComparison.Ordinal)));
        Assert.All(error.Errors, e => Assert.Contains("/api/{**rest}", e.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forwarder_WithoutAddNet2Proxy_SaysWhatToDo()
    {
        await using var app = Builder().Build();
        var error = Assert.Throws<InvalidOperationException>(() => app.MapNet2Forwarder("/", "http://10.0.0.1/"));
        Assert.Contains("AddNet2Proxy", error.Message, StringComparison.Ordinal);
    }

    private static Task<WebApplication> StartBackendAsync(string name = "backend") => ProxyUnderTest.StartBackendAsync(context =>
        context.Response.WriteAsync($"{name} {context.Request.Method} {context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}"));

    private static async Task<WebApplication> StartAsync(Action<IEndpointRouteBuilder> map, Action<IServiceCollection>? configure = null)
    {
        var builder = Builder();
        builder.Services.AddNet2Proxy();
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGet("/own", context => context.Response.WriteAsync("own"));
        map(app);
        await app.StartAsync();
        return app;
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder;
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.First()), Timeout = ProxyUnderTest.Patience };

    private sealed class MarkingHandlers : IClusterHandlerFactory
    {
        private int _requests;

        public int Requests => Volatile.Read(ref _requests);

        public DelegatingHandler Create(ProxyClusterOptions cluster) => new Marking(this);

        private sealed class Marking(MarkingHandlers owner) : DelegatingHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Interlocked.Increment(ref owner._requests);
                return base.SendAsync(request, cancellationToken);
            }
        }
    }
}
