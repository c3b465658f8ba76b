using System.Net;
using System.Net.Http.Headers;

namespace Net2Secure.Routing.Proxying.Tests.Compression;

/// <summary>Which responses are compressed, and what their fields say then.</summary>
public sealed class CompressionHandlerTests
{
    private static readonly byte[] Body = Decoded.Text(5000);

    [Theory]
    // status, fields of the response, whether it is compressed for a client that wants it, whether it says that it varies
    [InlineData(200, "Content-Type: text/html", true, true)]
    [InlineData(200, "Content-Type: text/html; charset=utf-8", true, true)]
    [InlineData(200, "Content-Type: TEXT/event-stream", true, true)]
    [InlineData(200, "Content-Type: application/problem+json", true, true)]
    [InlineData(200, "Content-Type: image/svg+xml", true, true)]
    [InlineData(201, "Content-Type: application/json", true, true)]
    [InlineData(200, "Content-Type: font/ttf", true, true)]
    [InlineData(200, "Content-Type: font/woff2", false, false)]
    [InlineData(200, "Content-Type: image/png", false, false)]
    [InlineData(200, "Content-Type: application/grpc", false, false)]
    [InlineData(200, "Content-Type: application/grpc+json", false, false)]
    [InlineData(200, "", false, false)]
    [InlineData(200, "Content-Type: text/html|Content-Encoding: gzip", false, false)]
    [InlineData(200, "Content-Type: text/html|Content-Encoding: unknown", false, false)]
    [InlineData(200, "Content-Type: text/html|Cache-Control: public, No-Transform", false, false)]
    [InlineData(200, "Content-Type: text/html|Content-Range: bytes 0-9/100", false, false)]
    [InlineData(206, "Content-Type: text/html|Content-Range: bytes 0-4999/9000", false, true)]
    [InlineData(206, "Content-Type: image/png|Content-Range: bytes 0-4999/9000", false, false)]
    [InlineData(204, "Content-Type: text/html", false, false)]
    [InlineData(226, "Content-Type: text/html", false, false)]
    [InlineData(301, "Content-Type: text/html", false, false)]
    [InlineData(404, "Content-Type: text/html", false, false)]
    [InlineData(500, "Content-Type: text/html", false, false)]
    public async Task Response_ByStatusAndFields(int status, string fields, bool isCompressed, bool varies)
    {
        foreach (var accept in new[] { "gzip", null, "identity" })
        {
            using var response = await SendAsync(accept, () => Response(status, fields, Body));
            var wanted = isCompressed && accept == "gzip";
            Assert.Equal(wanted ? "gzip" : Fields(fields, "Content-Encoding"), Field(response, "Content-Encoding"));
            Assert.Equal(varies ? "Accept-Encoding" : null, Field(response, "Vary"));
            var body = await response.Content.ReadAsByteArrayAsync();
            Assert.Equal(Body, wanted ? Decoded.From(body, "gzip") : body);
            Assert.Equal(wanted, body.Length < Body.Length);
        }
    }

    [Theory]
    [InlineData(1023, false)]
    [InlineData(1024, true)]
    public async Task KnownLength_BelowTheMinimum_PassesTheSameForAll(int length, bool isCompressed)
    {
        using var response = await SendAsync("br", () => Response(200, "Content-Type: text/plain|ETag: \"a\"", Decoded.Text(length)));
        Assert.Equal(isCompressed ? "br" : null, Field(response, "Content-Encoding"));
        Assert.Equal(isCompressed ? "Accept-Encoding" : null, Field(response, "Vary"));
        Assert.Equal(isCompressed ? "W/\"a\"" : "\"a\"", Field(response, "ETag"));
        Assert.Equal(isCompressed ? null : length, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, false)]
    [InlineData(1024, true)]
    [InlineData(100_000, true)]
    public async Task UnknownLength_ThatIsThereAtOnce_IsKnownBeforeTheHeadIsMade(int length, bool isCompressed)
    {
        using var response = await SendAsync("br", () => Response(200, "Content-Type: text/plain|ETag: \"a\"", new PieceStream().Come(Decoded.Text(length)).End()));
        Assert.Equal(isCompressed ? "br" : null, Field(response, "Content-Encoding"));
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(Decoded.Text(length), isCompressed ? Decoded.From(body, "br") : body);
    }

    [Fact]
    public async Task UnknownLength_ThatIsStillComing_IsCompressedWithoutWaiting()
    {
        var source = new PieceStream().Come(1);
        using var response = await SendAsync("gzip", () => Response(200, "Content-Type: text/event-stream", source)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("gzip", Field(response, "Content-Encoding"));
        source.End();
        Assert.Equal([1], Decoded.From(await response.Content.ReadAsByteArrayAsync(), "gzip"));
    }

    [Fact]
    public async Task EmptyBody_IsNotCompressed_WhateverTheMinimum()
    {
        using var response = await SendAsync("gzip", () => Response(200, "Content-Type: text/plain", Array.Empty<byte>()), options: new() { MinimumSize = 0 });
        Assert.Null(Field(response, "Content-Encoding"));
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Fields_OfWhatWasThereBefore_AreTakenAwayOrWeakened()
    {
        const string fields = "Content-Type: text/plain|ETag: \"v1\"|Accept-Ranges: bytes|Content-MD5: x|Content-Digest: a|Repr-Digest: b|Digest: c|Last-Modified: Sun, 29 Nov 2026 00:00:00 GMT|Vary: Origin|X-Own: 1";
        using var response = await SendAsync("gzip", () => Response(200, fields, Body));
        foreach (var gone in new[] { "Accept-Ranges", "Content-MD5", "Content-Digest", "Repr-Digest", "Digest", "Content-Length" }) Assert.Null(Field(response, gone));
        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal("W/\"v1\"", Field(response, "ETag"));
        Assert.Equal("Origin, Accept-Encoding", Field(response, "Vary"));
        Assert.Equal("Sun, 29 Nov 2026 00:00:00 GMT", Field(response, "Last-Modified"));
        Assert.Equal("1", Field(response, "X-Own"));
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData("Origin, accept-encoding", "Origin, accept-encoding")]
    public async Task Vary_ThatSaysSo_StaysAsItIs(string vary, string expected)
    {
        using var response = await SendAsync("gzip", () => Response(200, "Content-Type: text/plain|Vary: " + vary, Body));
        Assert.Equal(expected, Field(response, "Vary"));
    }

    [Theory]
    [InlineData("W/\"weak\"", "W/\"weak\"")]
    [InlineData("unquoted", "unquoted")]
    public async Task Tag_ThatIsNotStrong_StaysAsItIs(string tag, string expected)
    {
        using var response = await SendAsync("gzip", () => Response(200, "Content-Type: text/plain|ETag: " + tag, Body));
        Assert.Equal(expected, Field(response, "ETag"));
    }

    [Fact]
    public async Task Head_HasTheFieldsOfGet_AndNoBody()
    {
        using var get = await SendAsync("br", () => Response(200, "Content-Type: text/plain|ETag: \"a\"|Accept-Ranges: bytes", Body));
        using var head = await SendAsync("br", () => Response(200, "Content-Type: text/plain|ETag: \"a\"|Accept-Ranges: bytes", Body), HttpMethod.Head);
        Assert.Equal(All(get), All(head));
        Assert.Equal("br", Field(head, "Content-Encoding"));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    // tag of the 304, If-None-Match, tag then
    [InlineData("\"a\"", "W/\"a\"", "W/\"a\"")]
    [InlineData("\"a\"", "\"x\", W/\"a\"", "W/\"a\"")]
    [InlineData("\"a\"", "\"a\"", "\"a\"")]
    [InlineData("\"a\"", "W/\"b\"", "\"a\"")]
    [InlineData("W/\"a\"", "W/\"a\"", "W/\"a\"")]
    public async Task NotModified_HasTheTagOfWhatTheRequesterHas(string tag, string condition, string expected)
    {
        using var response = await SendAsync("gzip", () => Response(304, "Vary: Origin|ETag: " + tag, Array.Empty<byte>()), configure: r => r.Headers.TryAddWithoutValidation("If-None-Match", condition));
        Assert.Equal(expected, Field(response, "ETag"));
        Assert.Equal("Origin, Accept-Encoding", Field(response, "Vary"));
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Fact]
    public async Task NotModified_OfATypeThatIsNotCompressed_DoesNotVary()
    {
        using var response = await SendAsync("gzip", () => Response(304, "Content-Type: image/png|Vary: Origin|ETag: \"a\"", Array.Empty<byte>()));
        Assert.Equal("Origin", Field(response, "Vary"));
    }

    [Fact]
    public async Task Trailers_StayButForDigestsOfWhatWasThereBefore()
    {
        var source = new PieceStream().Come(Body);
        HttpResponseMessage? made = null;
        using var response = await SendAsync("gzip", () => made = Response(200, "Content-Type: text/plain", source));
        made!.TrailingHeaders.TryAddWithoutValidation("X-Sum", "1");
        made.TrailingHeaders.TryAddWithoutValidation("Repr-Digest", "2");
        source.End();
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(["X-Sum"], response.TrailingHeaders.Select(h => h.Key));
    }

    [Theory]
    [InlineData("text/csv", false)]
    [InlineData("text/html", true)]
    [InlineData("application/json", false)]
    [InlineData("application/grpc", false)]
    public async Task Types_AreSettable_AndAnExclusionWins(string type, bool isCompressed)
    {
        var options = new CompressionOptions { MimeTypes = ["*/*"], ExcludedMimeTypes = ["text/csv", "application/*"] };
        using var response = await SendAsync("gzip", () => Response(200, "Content-Type: " + type, Body), options: options);
        Assert.Equal(isCompressed ? "gzip" : null, Field(response, "Content-Encoding"));
    }

    [Fact]
    public async Task Connect_IsATunnel_AndLeftAlone()
    {
        using var response = await SendAsync("gzip", () => Response(200, "Content-Type: text/plain", Body), HttpMethod.Connect);
        Assert.Null(Field(response, "Content-Encoding"));
    }

    [Fact]
    public async Task Disposal_OfTheResponse_DisposesTheBody()
    {
        var source = new PieceStream().Come(Body);
        var response = await SendAsync("gzip", () => Response(200, "Content-Type: text/plain", source));
        response.Dispose();
        Assert.True(source.IsDisposed);
    }

    [Theory]
    // what the client sends, and what the origin gets of it
    [InlineData("gzip, deflate, br, zstd", "", "br")]
    [InlineData("gzip;q=1.0", "", "gzip")]
    [InlineData("br", "", "br")]
    [InlineData("zstd", "", "identity")]
    [InlineData("identity;q=1, *;q=0", "", "identity")]
    [InlineData("gzip", "Range: bytes=0-9", "identity")]
    [InlineData("gzip", "Cache-Control: no-transform", "identity")]
    [InlineData("gzip", "Sec-Fetch-Site: cross-site|Cookie: s=1", "identity")]
    [InlineData("gzip", "Sec-Fetch-Site: cross-site|Authorization: Basic x", "identity")]
    [InlineData("gzip", "Sec-Fetch-Site: cross-site|Cookie: s=1|Sec-Fetch-User: ?1", "gzip")]
    [InlineData("gzip", "Sec-Fetch-Site: cross-site", "gzip")]
    [InlineData("gzip", "Sec-Fetch-Site: same-origin|Cookie: s=1", "gzip")]
    public async Task AcceptEncoding_BecomesTheCodingThatIsChosen(string accept, string fields, string expected)
    {
        string? sent = null;
        using var invoker = new HttpMessageInvoker(new AcceptEncodingHandler(new(new())) { InnerHandler = new Answering(r => sent = r.Headers.NonValidated["Accept-Encoding"].ToString()) });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
        foreach (var (name, value) in Lines(fields)) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        Assert.Equal(expected, sent);
        // Said twice it is the same: the cache may send it again.
        AcceptEncodingHandler.Rewrite(request, new(new()));
        Assert.Equal(expected, request.Headers.NonValidated["Accept-Encoding"].ToString());
    }

    [Fact]
    public void AcceptEncoding_OfAClientThatSaysNothing_StaysAway()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        AcceptEncodingHandler.Rewrite(request, new(new()));
        Assert.False(request.Headers.NonValidated.Contains("Accept-Encoding"));
    }

    [Fact]
    public void AcceptEncoding_OverSeveralLines_IsOneList()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        foreach (var line in new[] { "gzip;q=0.5", "br;q=0.4" }) request.Headers.TryAddWithoutValidation("Accept-Encoding", line);
        AcceptEncodingHandler.Rewrite(request, new(new()));
        Assert.Equal("gzip", request.Headers.NonValidated["Accept-Encoding"].ToString());
    }

    [Theory]
    [InlineData(CompressionOverHttps.Always, "gzip")]
    [InlineData(CompressionOverHttps.NotCrossSite, null)]
    public void OverHttps_SaysWhatIsRisked(CompressionOverHttps overHttps, string? expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        foreach (var (name, value) in Lines("Accept-Encoding: gzip|Sec-Fetch-Site: cross-site|Cookie: s=1")) request.Headers.TryAddWithoutValidation(name, value);
        Assert.Equal(expected, new CompressionSettings(new() { OverHttps = overHttps }).Choose(request));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        string? accept, Func<HttpResponseMessage> answer, HttpMethod? method = null, CompressionOptions? options = null, Action<HttpRequestMessage>? configure = null)
    {
        using var invoker = new HttpMessageInvoker(new CompressionHandler(new(options ?? new())) { InnerHandler = new Answering(_ => { }, answer) });
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, "http://a/");
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
        configure?.Invoke(request);
        return await invoker.SendAsync(request, CancellationToken.None);
    }

    private static HttpResponseMessage Response(int status, string fields, byte[] body) => Response(status, fields, new ByteArrayContent(body));

    private static HttpResponseMessage Response(int status, string fields, Stream body) => Response(status, fields, new StreamContent(body));

    private static HttpResponseMessage Response(int status, string fields, HttpContent content)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = content };
        foreach (var (name, value) in Lines(fields))
        {
            if (!response.Headers.TryAddWithoutValidation(name, value)) content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    private static IEnumerable<(string Name, string Value)> Lines(string fields) =>
        fields.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).Select(parts => (parts[0], parts[1]));

    private static string? Fields(string fields, string name) => Lines(fields).Where(l => l.Name == name).Select(l => l.Value).FirstOrDefault();

    private static string? Field(HttpResponseMessage response, string name)
    {
        var found = All(response).Where(f => f.Name == name).Select(f => f.Value).ToArray();
        return found.Length == 0 ? null : string.Join(", ", found);
    }

    private static (string Name, string Value)[] All(HttpResponseMessage response) =>
        [.. Each(response.Headers).Concat(Each(response.Content.Headers)).OrderBy(f => f.Name, StringComparer.Ordinal)];

    private static IEnumerable<(string Name, string Value)> Each(HttpHeaders fields)
    {
        var all = new List<(string, string)>();
        foreach (var (name, values) in fields.NonValidated)
        {
            foreach (var value in values) all.Add((name, value));
        }

        return all;
    }

    private sealed class Answering(Action<HttpRequestMessage> see, Func<HttpResponseMessage>? answer = null) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            see(request);
            return Task.FromResult(answer?.Invoke() ?? new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
