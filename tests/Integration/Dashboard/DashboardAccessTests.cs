using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Integration.Dashboard;

/// <summary>Who may see the dashboard, and who may steer by it.</summary>
public sealed class DashboardAccessTests
{
    private const string Settings = """{ "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } }, "Clusters": { "c": { "Destinations": { "a": { "Address": "http://127.0.0.1:1/" } } } } }""";
    private const string Drain = """{ "cluster": "c", "destination": "a", "state": "draining" }""";

    [Theory]
    [InlineData("/_net2/")]
    [InlineData("/_net2/dashboard.css")]
    [InlineData("/_net2/dashboard.js")]
    [InlineData("/_net2/dry-run.js")]
    [InlineData("/_net2/api/state")]
    public async Task Answer_AllowsNothingFromElsewhere(string path)
    {
        await using var host = await DashboardHost.StartAsync(Settings);
        using var response = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithoutSlash_LeadsToTheFolder_AndIsNotSentTwice()
    {
        await using var host = await DashboardHost.StartAsync(Settings);
        using var page = await host.Client.GetAsync(new Uri("/_net2", UriKind.Relative));
        Assert.Equal("/_net2/", page.RequestMessage!.RequestUri!.AbsolutePath);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/_net2/");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        using var unchanged = await host.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "10.0.0.1")]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("Forwarded", "for=10.0.0.1")]
    [InlineData("Via", "1.1 edge")]
    public async Task Local_RequestThatMayBeOfSomebodyElse_FindsNothing(string field, string value)
    {
        await using var host = await DashboardHost.StartAsync(Settings);
        foreach (var path in (string[])["/_net2/", "/_net2/api/state", "/_net2/api/stream"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(field, value);
            using var response = await host.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("localhost.evil.example", false)]
    public async Task Local_IsToldByTheName(string name, bool isAnswered)
    {
        await using var host = await DashboardHost.StartAsync(Settings);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/_net2/");
        request.Headers.Host = name;
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(isAnswered ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Local_ConnectionOfAnotherMachine_FindsNothing()
    {
        await using var host = await DashboardHost.StartAsync(Settings, map: static app => app.Use(static (context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.7");
            return next(context);
        }));
        using var response = await host.Client.GetAsync(new Uri("/_net2/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("X-Net2-Dashboard", null)]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Content-Type", "text/plain")]
    public async Task Action_OfAnotherSite_IsRefusedAndChangesNothing(string field, string? value)
    {
        await using var host = await DashboardHost.StartAsync(Settings);
        using var response = await host.ActAsync("override", Drain, request =>
        {
            request.Headers.Remove("X-Net2-Dashboard");
            if (field != "X-Net2-Dashboard") request.Headers.Add("X-Net2-Dashboard", "1");
            if (field == "Content-Type") request.Content!.Headers.ContentType = new(value!);
            else if (value is not null) request.Headers.Add(field, value);
        });
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("none", (string?)(await host.StateAsync())["clusters"]![0]!["destinations"]![0]!["override"]);
        Assert.Contains(host.Log.Lines, static l => l.StartsWith("Warning 4801 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Action_OfThePageItself_IsCarriedOut()
    {
        await using var host = await DashboardHost.StartAsync(Settings);
        using var response = await host.ActAsync("override", Drain, request =>
        {
            request.Headers.Add("Origin", host.Address.GetLeftPart(UriPartial.Authority));
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("alice", HttpStatusCode.OK)]
    public async Task MappedByCode_RequiresAuthorization(string? user, HttpStatusCode expected)
    {
        await using var host = await DashboardHost.StartAsync(Settings, dashboard: null, AddUsers, static app => app.MapNet2Dashboard());
        if (user is not null) host.Client.DefaultRequestHeaders.Add("X-User", user);
        foreach (var path in (string[])["/_net2/", "/_net2/dashboard.js", "/_net2/api/state", "/_net2/api/events", "/_net2/api/requests", "/_net2/api/openapi.json"])
        {
            using var response = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(expected, response.StatusCode);
        }

        using var action = await host.ActAsync("override", Drain);
        Assert.Equal(expected == HttpStatusCode.OK ? HttpStatusCode.NoContent : expected, action.StatusCode);
        Assert.Equal(user is not null, host.Log.Lines.Any(static l => l.Contains("alice at 127.0.0.1 has asked: draining", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // No authorization in the whole application.
    public async Task MappedByCode_AllowedToAnyone_AnswersWithoutUser(bool hasUsers)
    {
        await using var host = await DashboardHost.StartAsync(Settings, dashboard: null, hasUsers ? AddUsers : null, static app => app.MapNet2Dashboard("/ops").AllowAnonymous());
        using var response = await host.Client.GetAsync(new Uri("/ops/api/state", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Configured_WithPolicy_AnswersThoseWhoSatisfyIt_FromAnywhere()
    {
        await using var host = await DashboardHost.StartAsync(
            Settings, """{ "Enabled": true, "Path": "/ops", "AuthorizationPolicy": "operators" }""",
            static builder =>
            {
                AddUsers(builder);
                builder.Services.AddAuthorizationBuilder().AddPolicy("operators", static p => p.RequireUserName("alice"));
            });
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host, "bob"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "alice"));
    }

    [Fact]
    public async Task Configured_WithUnknownPolicy_IsRefusedByName()
    {
        var refused = await Assert.ThrowsAsync<Net2Secure.Routing.Proxying.ProxyConfigException>(() => DashboardHost.StartAsync(Settings, """{ "Enabled": true, "AuthorizationPolicy": "operator" }""", AddUsers));
        var error = Assert.Single(refused.Errors);
        Assert.Equal("Net2Proxy:Dashboard:AuthorizationPolicy", error.Path);
        Assert.Contains("'operator'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{ "Enabled": false }""")]
    [InlineData("""{ "Path": "/ops" }""")]
    public async Task NotAskedFor_IsNotThere(string? section)
    {
        await using var host = await DashboardHost.StartAsync(Settings, section);
        using var response = await host.Client.GetAsync(new Uri("/_net2/", UriKind.Relative));
        // The route takes it, whose destination is not there.
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task MappedTwice_AtOnePlace_IsRefused()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => DashboardHost.StartAsync(Settings, dashboard: null, AddUsers, static app =>
        {
            app.MapNet2Dashboard();
            app.MapNet2Dashboard("/_NET2/");
        }));
        Assert.Contains("mapped at '/_NET2/' already", e.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(DashboardHost host, string? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ops/api/state");
        request.Headers.Host = "proxy.example";
        if (user is not null) request.Headers.Add("X-User", user);
        using var response = await host.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static void AddUsers(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication("user").AddScheme<AuthenticationSchemeOptions, UserHandler>("user", null);
        builder.Services.AddAuthorization();
    }

    private sealed class UserHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"] is not [{ } name]) return Task.FromResult(AuthenticateResult.NoResult());
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "user"));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, "user")));
        }
    }
}
