using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Shielding;

/// <summary>What is said of a client is believed from trusted proxies only: 127.0.0.1 is one here, and 127.0.0.2 is none.</summary>
public sealed class TrustedProxyTests
{
    private const string Trusted = "127.0.0.1";
    private const string Stranger = "127.0.0.2";

    [Theory]
    // The default transforms: kept and appended to, or replaced.
    [InlineData(Trusted, null, "203.0.113.5", "https", "203.0.113.5, 127.0.0.1", "https, http")]
    [InlineData(Trusted, null, "6.6.6.6, 203.0.113.5, 127.0.0.1", "https", "6.6.6.6, 203.0.113.5, 127.0.0.1, 127.0.0.1", "https, http")]
    [InlineData(Trusted, null, null, null, "127.0.0.1", "http")]
    [InlineData(Stranger, null, "203.0.113.5", "https", "127.0.0.2", "http")]
    // What a route says stays what it says; trust decides what may be appended to.
    [InlineData(Trusted, "Set", "203.0.113.5", "https", "203.0.113.5", "https")]
    [InlineData(Stranger, "Set", "203.0.113.5", "https", "127.0.0.2", "http")]
    [InlineData(Trusted, "Append", "203.0.113.5", "https", "203.0.113.5, 127.0.0.1", "https, http")]
    [InlineData(Stranger, "Append", "203.0.113.5", "https", "127.0.0.2", "http")]
    [InlineData(Trusted, "Remove", "203.0.113.5", "https", null, null)]
    public async Task XForwarded_IsKeptFromTrustedPeers_AndReplacedFromOthers(string peer, string? action, string? sentFor, string? sentProto, string? gotFor, string? gotProto)
    {
        await using var proxy = await ShieldedProxy.StartAsync(
            s => s.TrustedProxies = ["127.0.0.1/32"],
            route =>
            {
                if (action is not null) route.WithTransformXForwarded(xDefault: Enum.Parse<ForwardedTransformActions>(action));
            });
        using var client = ShieldedProxy.ClientAt(proxy.Address, peer);
        var fields = await FieldsAsync(client, ("X-Forwarded-For", sentFor), ("X-Forwarded-Proto", sentProto), ("Forwarded", "for=7.7.7.7"), ("X_Forwarded_For", "8.8.8.8"));
        Assert.Equal(gotFor, fields.GetValueOrDefault("X-Forwarded-For"));
        Assert.Equal(gotProto, fields.GetValueOrDefault("X-Forwarded-Proto"));
        Assert.False(fields.ContainsKey("Forwarded"));
        Assert.False(fields.ContainsKey("X_Forwarded_For"));
    }

    [Theory]
    [InlineData(Trusted, "for=203.0.113.5;proto=https", "for=203.0.113.5;proto=https, proto=http;for=127.0.0.1")]
    [InlineData(Stranger, "for=203.0.113.5;proto=https", "proto=http;for=127.0.0.2")]
    public async Task Forwarded_IsAppendedToFromTrustedPeersOnly(string peer, string sent, string got)
    {
        await using var proxy = await ShieldedProxy.StartAsync(
            s => (s.TrustedProxies, s.ClientAddressFrom) = (["127.0.0.1"], ClientAddressField.Forwarded),
            route => route.WithTransformForwarded(useHost: false, forFormat: NodeFormat.Ip, byFormat: NodeFormat.None, action: ForwardedTransformActions.Append));
        using var client = ShieldedProxy.ClientAt(proxy.Address, peer);
        Assert.Equal(got, (await FieldsAsync(client, ("Forwarded", sent), ("X-Forwarded-For", "9.9.9.9")))["Forwarded"]);
    }

    [Theory]
    [InlineData(Trusted, "6.6.6.6, 203.0.113.5", "203.0.113.5 https")]
    [InlineData(Stranger, "6.6.6.6, 203.0.113.5", "127.0.0.2 http")]
    public async Task TheClientOfTheApplication_IsTheOneBehindTrustedProxies(string peer, string sent, string seen)
    {
        await using var proxy = await ShieldedProxy.StartAsync(
            s => s.TrustedProxies = ["127.0.0.1"],
            proxy: builder => builder.Services.AddTransient<IStartupFilter, TellClient>());
        using var client = ShieldedProxy.ClientAt(proxy.Address, peer);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/seen");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", sent);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(seen, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WithoutTrustedProxies_ARouteThatAppends_AppendsToAnyone()
    {
        await using var proxy = await ShieldedProxy.StartAsync(_ => { }, route => route.WithTransformXForwarded(xDefault: ForwardedTransformActions.Append));
        using var client = ShieldedProxy.ClientAt(proxy.Address, Stranger);
        Assert.Equal("203.0.113.5, 127.0.0.2", (await FieldsAsync(client, ("X-Forwarded-For", "203.0.113.5")))["X-Forwarded-For"]);
    }

    private static async Task<Dictionary<string, string>> FieldsAsync(HttpClient client, params (string Name, string? Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        foreach (var (name, value) in fields)
        {
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
        return lines.Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase);
    }

    private sealed class TellClient : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext context, RequestDelegate following) =>
                context.Request.Path == "/seen" ? context.Response.WriteAsync($"{context.Connection.RemoteIpAddress} {context.Request.Scheme}") : following(context));
            next(app);
        };
    }
}
