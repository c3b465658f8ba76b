using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Registration;

/// <summary>The endpoint that purges: for those who may, and by URI, prefix and tag.</summary>
public sealed class MapNet2CachePurgeTests : IAsyncLifetime
{
    private WebApplication? _backend;
    private WebApplication? _proxy;
    private HttpClient? _client;
    private int _asked;

    public async ValueTask InitializeAsync()
    {
        _backend = await ProxyUnderTest.StartBackendAsync(context =>
        {
            context.Response.Headers.CacheControl = "max-age=600";
            context.Response.Headers["Cache-Tag"] = "all," + context.Request.Path.Value!.Trim('/');
            return context.Response.WriteAsync(Interlocked.Increment(ref _asked).ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNet2Proxy().LoadFromMemory([ProxyUnderTest.Route(r => r.ResponseCache = new() { Enabled = true })], [ProxyUnderTest.Cluster(new Uri(_backend.Urls.First()))]);
        builder.Services.AddAuthentication("token").AddScheme<AuthenticationSchemeOptions, TokenHandler>("token", null);
        builder.Services.AddAuthorization();
        _proxy = builder.Build();
        _proxy.UseAuthentication();
        _proxy.UseAuthorization();
        _proxy.MapNet2CachePurge();
        _proxy.MapNet2Proxy();
        await _proxy.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_proxy.Urls.First()), Timeout = ProxyUnderTest.Patience };
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        foreach (var app in new[] { _proxy, _backend }) if (app is not null) await app.DisposeAsync();
    }

    [Fact]
    public async Task Purge_WithoutAuthorization_IsRefusedAndChangesNothing()
    {
        Assert.Equal("1", await _client!.GetStringAsync("/a"));
        using var refused = await _client!.PostAsync("/_net2/cache/purge", JsonContent.Create(new { everything = true }));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("1", await _client!.GetStringAsync("/a"));
    }

    [Theory]
    [InlineData("""{ "uris": ["HTTP://SELF/a"] }""", 1, "3", "2")]
    [InlineData("""{ "prefixes": ["http://SELF/"] }""", 2, "3", "4")]
    [InlineData("""{ "tags": ["b", "nobody"] }""", 1, "1", "3")]
    [InlineData("""{ "everything": true }""", 2, "3", "4")]
    [InlineData("""{ "tags": ["all"], "soft": true }""", 2, "3", "4")]
    public async Task Purge_WithAuthorization_AsksTheOriginAgain(string body, int purged, string a, string b)
    {
        Assert.Equal(("1", "2"), (await _client!.GetStringAsync("/a"), await _client!.GetStringAsync("/b")));
        using var response = await PurgeAsync(body.Replace("SELF", _client!.BaseAddress!.Authority, StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.OK, $$"""{"purged":{{purged}},"complete":true}"""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal((a, b), (await _client!.GetStringAsync("/a"), await _client!.GetStringAsync("/b")));
    }

    [Theory]
    [InlineData("{}", "Nothing is named")]
    [InlineData("null", "an object is expected")]
    [InlineData("nonsense", "not what is expected")]
    [InlineData("""{ "urls": ["http://a/"] }""", "urls")]
    [InlineData("""{ "uris": ["/a"] }""", "uris[0] is not allowed: an absolute URI")]
    [InlineData("""{ "tags": ["a", ""] }""", "tags[1] is empty")]
    public async Task Purge_OfWhatIsNotUnderstood_IsRefusedByName(string body, string message)
    {
        using var response = await PurgeAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllowAnonymous_WithoutAuthorizationInTheApplication_IsForEverybody()
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNet2Proxy();
        await using var proxy = builder.Build();
        proxy.MapNet2CachePurge().AllowAnonymous();
        await proxy.StartAsync();
        using var response = await _client!.PostAsync(new Uri(proxy.Urls.First() + "/_net2/cache/purge"), JsonContent.Create(new { everything = true }));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<HttpResponseMessage> PurgeAsync(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_net2/cache/purge") { Content = new StringContent(body, null, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer purge");
        return await _client!.SendAsync(request);
    }

    private sealed class TokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers.Authorization == "Bearer purge"
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator")], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
