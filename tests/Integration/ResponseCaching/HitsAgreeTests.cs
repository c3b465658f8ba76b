using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>A hit that is answered straight from memory is the same, byte for byte, as one that has gone the whole way: for any request, and whatever is stored.</summary>
public sealed class HitsAgreeTests : IAsyncLifetime
{
    private const int Requests = 1500;

    private static readonly string[] Paths = ["/plain", "/tagged", "/dated", "/vary", "/public", "/none", "/empty", "/chunked", "/cookies", "/odd", "/private", "/stale", "/large"];

    private static readonly string[] Fields =
    [
        "If-None-Match: \"e\"", "If-None-Match: W/\"e\", \"f\"", "If-None-Match: *", "If-None-Match: \"f\"", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT", "If-Modified-Since: Sun, 31 Dec 2023 00:00:00 GMT",
        "If-Match: \"e\"", "Cache-Control: no-cache", "Cache-Control: max-age=0", "Cache-Control: only-if-cached", "Cache-Control: min-fresh=100000", "Cache-Control: no-store", "Pragma: no-cache", "Range: bytes=0-3",
        "Range: bytes=900-", "Authorization: Basic abc", "Accept-Language: de", "Accept-Language: en, de;q=0.5", "Accept-Language: EN", "Connection: keep-alive, X-Foo", "X-Forwarded-Host: evil.example", "X-Foo: 1",
        "Cookie: a=1", "Content-Length: 0",
    ];

    private ProxyUnderTest? _straight;
    private ProxyUnderTest? _around;

    public async ValueTask InitializeAsync()
    {
        _straight = await ProxyUnderTest.StartAsync(AnswerAsync, route: Cached);
        _around = await ProxyUnderTest.StartAsync(_straight.BackendAddress!, route: r =>
        {
            Cached(r);
            // Looks at every response, and changes none: so each goes the whole way.
            r.WithTransformResponseHeaderRemove("X-Nobody-Has-This");
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_around is not null) await _around.DisposeAsync();
        if (_straight is not null) await _straight.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Answer_StraightOrAround_IsTheSame(int seed)
    {
        var random = new Random(seed);
        using var straight = await RawClient.ConnectAsync(_straight!.Address);
        using var around = await RawClient.ConnectAsync(_around!.Address);
        var hits = 0;
        for (var i = 0; i < Requests; i++)
        {
            var method = random.Next(4) == 0 ? "HEAD" : "GET";
            var lines = Enumerable.Range(0, random.Next(3)).Select(_ => Fields[random.Next(Fields.Length)] + "\r\n").DistinctBy(l => l.Split(':')[0]);
            var request = $"{method} {Paths[random.Next(Paths.Length)]} HTTP/1.1\r\nHost: shop.example\r\n{string.Concat(lines)}\r\n";
            var one = await ShownAsync(straight, request, method);
            var other = await ShownAsync(around, request, method);
            Assert.True(one == other, $"{request}{Environment.NewLine}was answered straight by{Environment.NewLine}{one}{Environment.NewLine}and around by{Environment.NewLine}{other}");
            if (one.Contains("; hit", StringComparison.Ordinal)) hits++;
        }

        Assert.InRange(hits, Requests / 4, Requests);
    }

    private static async Task<string> ShownAsync(RawClient client, string request, string method)
    {
        await client.SendAsync(request);
        var response = await client.ReadResponseAsync(method == "HEAD");
        // Of two hosts that each got the response at a moment of its own these may differ by a second.
        var head = response.Head.Split("\r\n").Where(static line => !line.StartsWith("Date:", StringComparison.Ordinal) && !line.StartsWith("Age:", StringComparison.Ordinal)).Select(static line => line.Split("; ttl=")[0]);
        return string.Join("\r\n", head) + (response.Head.Contains("\r\nAge:", StringComparison.Ordinal) ? "with an age\r\n" : "") + response.Body;
    }

    private static void Cached(RouteOptions route) => route.ResponseCache = new ResponseCacheOptions { Enabled = true, CacheStatus = true };

    private static Task AnswerAsync(HttpContext context)
    {
        var (response, body) = (context.Response, "0123456789abcdef");
        response.Headers.CacheControl = "max-age=3600";
        response.Headers.ETag = "\"e\"";
        switch (context.Request.Path.Value)
        {
            case "/plain":
                response.Headers.Remove("ETag");
                break;
            case "/dated":
                response.Headers.LastModified = "Mon, 01 Jan 2024 00:00:00 GMT";
                response.Headers.Remove("ETag");
                break;
            case "/vary":
                response.Headers.Vary = "Accept-Language, X-Foo, X-Forwarded-For";
                response.Headers.ContentLanguage = "en";
                body = "language " + context.Request.Headers.AcceptLanguage;
                break;
            case "/public":
                response.Headers.CacheControl = "public, s-maxage=3600";
                break;
            case "/none":
                response.StatusCode = 404;
                break;
            case "/empty":
                response.StatusCode = 204;
                return Task.CompletedTask;
            case "/chunked":
                return response.WriteAsync(body);
            case "/cookies":
                response.Headers.CacheControl = "public, max-age=3600";
                response.Headers.SetCookie = new(["a=1", "b=2; Path=/"]);
                break;
            case "/odd":
                response.StatusCode = 299;
                context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Quite So";
                response.Headers["X-Odd"] = new([",", "", "a\tb"]);
                response.Headers["Content-Range"] = "bytes 1-2/3";
                response.Headers["Warning"] = "110 - \"x\"";
                break;
            case "/private":
                response.Headers.CacheControl = "private, max-age=3600";
                break;
            case "/stale":
                response.Headers.CacheControl = "max-age=0";
                break;
            case "/large":
                body = new string('x', 300_000);
                break;
        }

        response.ContentLength = body.Length;
        return context.Request.Method == "HEAD" ? Task.CompletedTask : response.WriteAsync(body);
    }
}
