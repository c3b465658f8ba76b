using Microsoft.Extensions.Configuration;
using Net2Secure.Routing.Proxying;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>Who the client is, the origin learns from the proxy and from nobody else; and whose hands the request went through (RFC 9110 §7.6.3).</summary>
public sealed class ForwardedFieldsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n")]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7\r\nX-Forwarded-Proto: https, evil\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Host: evil\r\n")]
    [InlineData("x-forwarded-for: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nX_FORWARDED-Proto: https\r\nX-Forwarded_Host: evil\r\n")]
    [InlineData("Connection: X-Forwarded-For\r\nX-Forwarded-For: 6.6.6.6\r\n")]
    public async Task Default_WhateverTheClientSays_IsReplaced(string fields)
    {
        var (request, _) = await ExchangeAsync(Get(fields));

        Assert.Equal("127.0.0.1", request.Value("X-Forwarded-For"));
        Assert.Equal("http", request.Value("X-Forwarded-Proto"));
        Assert.Equal(Host, request.Value("X-Forwarded-Host"));
        Assert.DoesNotContain(request.Fields, f => f.Split(':')[0].Contains('_', StringComparison.Ordinal));
        Assert.DoesNotContain("6.6.6.6", request.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", request.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "127.0.0.1")]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\n", "6.6.6.6, 127.0.0.1")]
    [InlineData("X-Forwarded-For: 6.6.6.6, 7.7.7.7\r\nX-Other: 1\r\nX-Forwarded-For: 8.8.8.8\r\n", "6.6.6.6, 7.7.7.7, 8.8.8.8, 127.0.0.1")]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nX_Forwarded_For: 9.9.9.9\r\n", "6.6.6.6, 127.0.0.1")]
    public async Task Append_WhereARouteAsksForIt_PutsTheRealPeerLast(string fields, string expected)
    {
        var (request, _) = await ExchangeAsync(Get(fields), route: r => r.WithTransformXForwarded(xDefault: ForwardedTransformActions.Append));

        Assert.Equal(expected, request.Value("X-Forwarded-For"));
        Assert.DoesNotContain("9.9.9.9", request.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop.example")]
    [InlineData("shop.example:8080")]
    [InlineData("[::1]:81")]
    public async Task Host_OfTheClient_KeepsItsPort(string host)
    {
        var (request, _) = await ExchangeAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var (kept, _) = await ExchangeAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", route: r => r.WithTransformUseOriginalHostHeader());

        Assert.Equal(host, request.Value("X-Forwarded-Host"));
        Assert.StartsWith("127.0.0.1:", request.Value("Host"), StringComparison.Ordinal);
        Assert.Equal(host, kept.Value("Host"));
    }

    [Theory]
    [InlineData("HTTP/1.1", "", new[] { "1.1 net2" })]
    [InlineData("HTTP/1.0", "", new[] { "1.0 net2" })]
    [InlineData("HTTP/1.1", "Via: 1.0 fred, 1.1 p.example (Apache/1.1)\r\n", new[] { "1.0 fred, 1.1 p.example (Apache/1.1)", "1.1 net2" })]
    [InlineData("HTTP/1.1", "Via: 1.0 a\r\nVia: 1.1 b\r\n", new[] { "1.0 a", "1.1 b", "1.1 net2" })]
    public async Task Via_IsAppendedBehindWhatThereIs(string version, string fields, string[] expected)
    {
        var (request, _) = await ExchangeAsync($"GET / {version}\r\nHost: {Host}\r\n{fields}\r\n");

        Assert.Equal(expected, request.Values("Via"));
    }

    [Fact]
    public async Task Via_SwitchedOff_IsNotAdded()
    {
        var (request, _) = await ExchangeAsync(
            Get("Via: 1.0 a\r\n"), proxy: b => b.Configuration.AddInMemoryCollection([new("Net2Proxy:Forwarding:Via", "off")]));

        Assert.Equal("1.0 a", request.Value("Via"));
    }
}
