using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Routing;

/// <summary>Policies that a route names are those of ASP.NET Core, and take effect there; a name that is none of them is refused.</summary>
public sealed class RoutePolicyTests
{
    [Theory]
    [InlineData("members", HttpStatusCode.Unauthorized)]
    [InlineData("Default", HttpStatusCode.Unauthorized)]
    [InlineData("Anonymous", HttpStatusCode.OK)]
    public async Task AuthorizationPolicy_OfARoute_Decides(string policy, HttpStatusCode status)
    {
        await using var proxy = Create(r => r.AuthorizationPolicy = policy, AddAuthorization, app => app.UseAuthorization());
        Assert.Equal(status, await StatusAsync(proxy));
    }

    [Fact]
    public async Task RateLimiterPolicy_OfARoute_Limits()
    {
        await using var proxy = Create(r => r.RateLimiterPolicy = "one", AddRateLimiter, app => app.UseRateLimiter());
        using var client = await proxy.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task CorsPolicy_OfARoute_AnswersPreflightAndMarksResponses()
    {
        await using var proxy = Create(r => (r.CorsPolicy, r.Match.Methods) = ("shop", ["POST"]), AddCors, app => app.UseCors());
        using var client = await proxy.StartAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/") { Headers = { { "Origin", "https://shop.example" }, { "Access-Control-Request-Method", "POST" } } };
        using var answer = await client.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("https://shop.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Headers = { { "Origin", "https://shop.example" } } };
        using var response = await client.SendAsync(request);
        Assert.Equal("https://shop.example", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task OutputCachePolicy_OfARoute_Caches()
    {
        var asked = 0;
        await using var proxy = Create(r => r.OutputCachePolicy = "minute", AddOutputCache, app => app.UseOutputCache(), () => Interlocked.Increment(ref asked));
        using var client = await proxy.StartAsync();
        await client.GetAsync("/");
        using var second = await client.GetAsync("/");
        Assert.Equal(1, asked);
        Assert.NotNull(second.Headers.Age);
    }

    [Fact]
    public async Task TimeoutPolicy_OfARoute_ReachesTheMiddlewareAsMetadata()
    {
        await using var proxy = Create(r => r.TimeoutPolicy = "slow", AddTimeouts);
        Assert.Equal("slow", Metadata<RequestTimeoutAttribute>(proxy)!.PolicyName);
        await using var disabled = Create(r => r.TimeoutPolicy = "Disable");
        Assert.NotNull(Metadata<DisableRequestTimeoutAttribute>(disabled));
        await using var own = Create(r => r.Timeout = TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), Metadata<RequestTimeoutAttribute>(own)!.Timeout);
    }

    [Theory]
    [InlineData(1234L, 1234L)]
    [InlineData(-1L, null)]
    public async Task MaxRequestBodySize_OfARoute_IsSetBeforeTheBodyIsRead(long configured, long? expected)
    {
        var limit = new SizeLimit();
        await using var proxy = Create(r => r.MaxRequestBodySize = configured, before: app => app.Use(async (context, next) =>
        {
            context.Features.Set<IHttpMaxRequestBodySizeFeature>(limit);
            await next();
        }));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy));
        Assert.Equal(expected, limit.MaxRequestBodySize);
    }

    [Theory]
    [InlineData("AuthorizationPolicy", "member", "members")]
    [InlineData("RateLimiterPolicy", "onee", "one")]
    [InlineData("RateLimiterPolicy", "typd", "typed")]
    [InlineData("CorsPolicy", "shopp", "shop")]
    [InlineData("OutputCachePolicy", "minut", "minute")]
    [InlineData("TimeoutPolicy", "slower", "slow")]
    public void PolicyName_Unknown_IsRefusedWithRoutePathAndTheKnownNames(string setting, string name, string known)
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(Json(setting, name), AddAll));
        Assert.Equal($"Net2Proxy:Routes:r:{setting}", error.Path);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Did you mean '{known}'?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AuthorizationPolicy", "Default", "AddAuthorization")]
    [InlineData("CorsPolicy", "shop", "AddCors")]
    [InlineData("CorsPolicy", "Disable", "AddCors")]
    [InlineData("RateLimiterPolicy", "one", "not a rate limiter policy")]
    [InlineData("OutputCachePolicy", "minute", "not an output cache policy")]
    [InlineData("TimeoutPolicy", "slow", "not a request timeout policy")]
    public void PolicyName_WithoutTheServiceBehindIt_IsRefused(string setting, string name, string part)
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(Json(setting, name)));
        Assert.Equal($"Net2Proxy:Routes:r:{setting}", error.Path);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CorsPolicy_DefaultWithoutADefaultPolicy_IsRefused()
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(Json("CorsPolicy", "Default"), AddCors));
        Assert.Contains("AddDefaultPolicy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PolicyNames_Known_AreTaken()
    {
        foreach (var (setting, name) in new[]
        {
            ("AuthorizationPolicy", "members"), ("AuthorizationPolicy", "anonymous"), ("RateLimiterPolicy", "one"), ("RateLimiterPolicy", "typed"), ("RateLimiterPolicy", "disable"),
            ("RateLimiterPolicy", "Default"), ("CorsPolicy", "shop"), ("CorsPolicy", "Disable"), ("OutputCachePolicy", "minute"), ("TimeoutPolicy", "slow"), ("TimeoutPolicy", "Disable"),
        })
        {
            await using var proxy = ConfiguredProxy.FromJson(Json(setting, name), AddAll);
            Assert.Single(proxy.Inspector.Routes);
        }
    }

    [Fact]
    public async Task PolicyName_UnknownAtAReload_IsRefusedAndTheLastGoodConfigurationServes()
    {
        var config = new InMemoryConfigProvider([Route()], [new ProxyClusterOptions { ClusterId = "c" }]);
        await using var proxy = ConfiguredProxy.Create(p => p.Services.AddSingleton<IProxyConfigProvider>(config));
        var changed = Route();
        changed.RateLimiterPolicy = "nowhere";
        config.Update([changed], [new ProxyClusterOptions { ClusterId = "c" }]);
        Assert.Null(Assert.Single(proxy.Inspector.Routes).RateLimiterPolicy);
        Assert.Contains(proxy.Log.Messages, m => m.Contains("Routes:r:RateLimiterPolicy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/a/{id:nosuch}")]
    [InlineData("/a/{id:length(x)}")]
    [InlineData("/a/{id:regex([)}")]
    public void Path_WithAConstraintThatRoutingCannotMake_IsRefused(string template)
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf($$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "{{template}}" } } }, "Clusters": { "c": {} } } }"""));
        Assert.Equal("Net2Proxy:Routes:r:Match:Path", error.Path);
    }

    private static RouteOptions Route()
    {
        var route = new RouteOptions { RouteId = "r", ClusterId = "c" };
        route.Match.Path = "/{**rest}";
        return route;
    }

    private static string Json(string setting, string name) =>
        $$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" }, "{{setting}}": "{{name}}" } }, "Clusters": { "c": {} } } }""";

    private static void AddAll(WebApplicationBuilder builder)
    {
        AddAuthorization(builder);
        AddRateLimiter(builder);
        AddCors(builder);
        AddOutputCache(builder);
        AddTimeouts(builder);
    }

    private static void AddAuthorization(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, Nobody>("none", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("members", p => p.RequireAuthenticatedUser());
    }

    private static void AddRateLimiter(WebApplicationBuilder builder) => builder.Services.AddRateLimiter(o =>
    {
        o.AddPolicy("one", _ => RateLimitPartition.GetFixedWindowLimiter("all", _ => new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }));
        o.AddPolicy<string, TypedPolicy>("typed");
    });

    private static void AddCors(WebApplicationBuilder builder) => builder.Services.AddCors(o => o.AddPolicy("shop", p => p.WithOrigins("https://shop.example").AllowAnyMethod()));

    private static void AddOutputCache(WebApplicationBuilder builder) => builder.Services.AddOutputCache(o => o.AddPolicy("minute", p => p.Expire(TimeSpan.FromMinutes(1))));

    private static void AddTimeouts(WebApplicationBuilder builder) => builder.Services.AddRequestTimeouts(o => o.AddPolicy("slow", TimeSpan.FromMinutes(10)));

    private static T? Metadata<T>(ConfiguredProxy proxy)
        where T : class => Assert.Single(((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)proxy.App).DataSources.Last().Endpoints).Metadata.GetMetadata<T>();

    private static async Task<HttpStatusCode> StatusAsync(ConfiguredProxy proxy)
    {
        using var client = await proxy.StartAsync();
        return (await client.GetAsync("/")).StatusCode;
    }

    private static ConfiguredProxy Create(Action<RouteOptions> configure, Action<WebApplicationBuilder>? host = null, Action<WebApplication>? pipeline = null, Action? asked = null,
        Action<WebApplication>? before = null) =>
        ConfiguredProxy.Create(
            p => p.AddCluster("c", _ => { }).AddRoute("r", r =>
            {
                (r.ClusterId, r.Match.Path) = ("c", "/{**rest}");
                configure(r);
            }),
            host,
            app =>
            {
                before?.Invoke(app);
                app.UseRouting();
                pipeline?.Invoke(app);
            },
            _ =>
            {
                asked?.Invoke();
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("ok") };
            });

    private sealed class SizeLimit : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; } = 30_000_000;
    }

    private sealed class TypedPolicy : Microsoft.AspNetCore.RateLimiting.IRateLimiterPolicy<string>
    {
        public Func<Microsoft.AspNetCore.RateLimiting.OnRejectedContext, CancellationToken, ValueTask>? OnRejected => null;

        public RateLimitPartition<string> GetPartition(HttpContext httpContext) => RateLimitPartition.GetNoLimiter("all");
    }

    private sealed class Nobody(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
