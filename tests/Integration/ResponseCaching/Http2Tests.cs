using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>Clients of HTTP/1.1 and of HTTP/2 share what is stored.</summary>
public sealed class Http2Tests : IAsyncLifetime
{
    private CachedProxy _proxy = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _proxy = await CachedProxy.StartAsync(proxy: builder => builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        }));
        var addresses = _proxy.Proxy.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = new Uri(addresses.Last()), Timeout = ProxyUnderTest.Patience, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Responses_AreSharedByClientsOfBothVersions()
    {
        var story = _proxy.Case().Ok("one", "Cache-Control: max-age=60|ETag: \"a\"");
        Assert.Equal("one", (await story.GetAsync()).Body);
        _proxy.Pass(7);
        using var hit = await SendAsync(HttpMethod.Get, story.Path);
        Assert.Equal((HttpStatusCode.OK, "one", 7, 3), (hit.StatusCode, await hit.Content.ReadAsStringAsync(), hit.Headers.Age!.Value.TotalSeconds, hit.Content.Headers.ContentLength));
        using var head = await SendAsync(HttpMethod.Head, story.Path);
        Assert.Equal((HttpStatusCode.OK, "", 3), (head.StatusCode, await head.Content.ReadAsStringAsync(), head.Content.Headers.ContentLength));
        using var unchanged = await SendAsync(HttpMethod.Get, story.Path, ("If-None-Match", "\"a\""));
        Assert.Equal((HttpStatusCode.NotModified, "\"a\""), (unchanged.StatusCode, unchanged.Headers.ETag!.Tag));
        using var part = await SendAsync(HttpMethod.Get, story.Path, ("Range", "bytes=1-1"));
        Assert.Equal((HttpStatusCode.PartialContent, "n"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal(1, story.Asked);
    }

    [Fact]
    public async Task Miss_OverHttp2_IsAHitOverHttp11()
    {
        var story = _proxy.Case().Answer("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\nX-Sum: 1\r\n\r\n");
        using var miss = await SendAsync(HttpMethod.Get, story.Path);
        Assert.Equal("one", await miss.Content.ReadAsStringAsync());
        Assert.Equal("1", Assert.Single(miss.TrailingHeaders.GetValues("X-Sum")));
        Assert.Equal("one", (await story.GetAsync()).Body);
        Assert.Equal("2 net2", Assert.Single(story.Requests).Value("Via"));
    }

    [Theory]
    [InlineData("204 No Content")]
    [InlineData("404 Not Found")]
    public async Task Hit_WithoutABody_EndsWithItsHead(string status)
    {
        var story = _proxy.Case().Answer($"HTTP/1.1 {status}\r\nCache-Control: max-age=60\r\n{(status[0] == '2' ? "" : "Content-Length: 0\r\n")}\r\n");
        for (var i = 0; i < 3; i++)
        {
            using var answer = await SendAsync(HttpMethod.Get, story.Path);
            Assert.Equal((status[..3], ""), ($"{(int)answer.StatusCode}", await answer.Content.ReadAsStringAsync()));
        }

        Assert.Equal(1, story.Asked);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { Host = "shop.example" } };
        foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request);
    }
}
