using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Http2;
using Net2Secure.Routing.Integration.Peers;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Compression;

/// <summary>What clients get, over real connections, from a route that compresses.</summary>
public sealed class CompressionTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 4000).Select(i => $"line {i * 7919 % 1000} of many\n"));

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Theory]
    [InlineData("--http1.1", true)]
    [InlineData("--http2", true)]
    [InlineData("--http1.1", false)]
    public async Task Curl_Compressed_GetsTheTextInFewerBytes(string version, bool knowsLength)
    {
        using var certificate = TestCertificates.SelfSigned("localhost");
        using var folder = new TemporaryFolder();
        var file = folder.Write("tool.pem", TestCertificates.Pem(certificate));
        await using var proxy = await ProxyUnderTest.StartAsync(context => AnswerAsync(context, knowsLength), Compressing, proxy: builder =>
        {
            builder.WebHost.UseUrls("https://127.0.0.1:0");
            builder.Services.Configure<TlsOptions>(tls => tls.Certificates["default"] = new() { Path = file });
        });

        var output = await Tool.RunAsync("curl", "--silent", "--show-error", "--noproxy", "*", "--insecure", version, "--compressed", "--write-out", "%{size_download}", proxy.Address.ToString());

        Assert.StartsWith(Text, output, StringComparison.Ordinal);
        Assert.InRange(int.Parse(output.AsSpan(Text.Length), CultureInfo.InvariantCulture), 1, Text.Length / 3);
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip;q=1, br;q=0.1", "gzip")]
    [InlineData("zstd", null)]
    [InlineData(null, null)]
    public async Task Get_ByWhatIsAccepted(string? accept, string? coding)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => AnswerAsync(context, knowsLength: true), Compressing);
        using var client = proxy.CreateClient();

        using var response = await SendAsync(client, HttpMethod.Get, accept);

        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(coding is null ? Text.Length : null, response.Content.Headers.ContentLength);
        Assert.Equal(coding is null ? "\"v1\"" : "W/\"v1\"", response.Headers.ETag!.ToString());
        Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
        Assert.Equal(Text, await DecodeAsync(response));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Events_EachReachesTheClientBeforeTheNextIsSent(string version)
    {
        var next = new SemaphoreSlim(0);
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                for (var i = 0; i < 5; i++)
                {
                    await context.Response.WriteAsync($"data: {i}\n\n");
                    await context.Response.Body.FlushAsync();
                    await next.WaitAsync(ProxyUnderTest.Patience);
                }
            },
            Compressing,
            proxy: version == "2.0" ? Http2Front.ClearText : null);
        using var client = proxy.CreateClient(Version.Parse(version));
        using var response = await SendAsync(client, HttpMethod.Get, "gzip");
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        using var reader = new StreamReader(new GZipStream(await response.Content.ReadAsStreamAsync(Patience), CompressionMode.Decompress));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"data: {i}", await reader.ReadLineAsync(Patience));
            await reader.ReadLineAsync(Patience);
            next.Release();
        }

        Assert.Null(await reader.ReadLineAsync(Patience));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Head_SaysWhatGetSays(string version)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => AnswerAsync(context, knowsLength: true), Compressing, proxy: version == "2.0" ? Http2Front.ClearText : null);
        using var client = proxy.CreateClient(Version.Parse(version));

        using var get = await SendAsync(client, HttpMethod.Get, "br");
        using var head = await SendAsync(client, HttpMethod.Head, "br");

        Assert.Equal("br", head.Content.Headers.ContentEncoding.Single());
        Assert.Equal(Fields(get), Fields(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Patience));
    }

    [Fact]
    public async Task TagOfACompressedAnswer_ComesBack_AsNotModified()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => AnswerAsync(context, knowsLength: true), Compressing);
        using var client = proxy.CreateClient();
        using var first = await SendAsync(client, HttpMethod.Get, "gzip");

        using var second = await SendAsync(client, HttpMethod.Get, "gzip", ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal("W/\"v1\"", second.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task Range_IsOfWhatIsNotEncoded()
    {
        string? accepted = null;
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                accepted = context.Request.Headers.AcceptEncoding;
                Assert.Equal("bytes=10-19", context.Request.Headers.Range);
                context.Response.StatusCode = StatusCodes.Status206PartialContent;
                context.Response.ContentType = "text/plain";
                context.Response.Headers.ContentRange = $"bytes 10-19/{Text.Length}";
                await context.Response.WriteAsync(Text[10..20]);
            },
            route =>
            {
                Compressing(route);
                route.Compression!.MinimumSize = 0;
            });
        using var client = proxy.CreateClient();

        using var response = await SendAsync(client, HttpMethod.Get, "gzip", ("Range", "bytes=10-19"));

        Assert.Equal("identity", accepted);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
        Assert.Equal(Text[10..20], await response.Content.ReadAsStringAsync(Patience));
    }

    [Fact]
    public async Task Answer_ThatIsCutShort_IsCutForTheClient()
    {
        await using var origin = ScriptedOrigin.AnsweringOnce("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Uri, Compressing);
        using var client = proxy.CreateClient();

        // By its head, where the end was there before that was sent, or else within its body.
        var failure = await Record.ExceptionAsync(async () =>
        {
            using var response = await SendAsync(client, HttpMethod.Get, "gzip");
            await DecodeAsync(response);
        });
        Assert.True(failure is HttpRequestException or IOException, failure?.ToString());
    }

    [Fact]
    public async Task Trailers_ComeBehindACompressedBody()
    {
        await using var origin = ScriptedOrigin.AnsweringOnce(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n{Text.Length:x}\r\n{Text}\r\n0\r\nX-Sum: 42\r\nContent-Digest: x\r\n\r\n");
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Uri, Compressing);
        using var client = proxy.CreateClient();

        using var response = await SendAsync(client, HttpMethod.Get, "br");

        Assert.Equal(Text, await DecodeAsync(response));
        Assert.Equal(["X-Sum"], response.TrailingHeaders.Select(h => h.Key));
    }

    [Fact]
    public async Task Cache_KeepsOneAnswerForEachCoding_CompressedOnce()
    {
        var fetched = new List<string>();
        await using var proxy = await ProxyUnderTest.StartAsync(
            context =>
            {
                lock (fetched) fetched.Add(context.Request.Headers.AcceptEncoding.ToString());
                context.Response.Headers.CacheControl = "max-age=600";
                return AnswerAsync(context, knowsLength: true);
            },
            route =>
            {
                Compressing(route);
                route.ResponseCache = new() { Enabled = true };
            });
        using var client = proxy.CreateClient();
        // Browsers that say it differently, and one that gets none.
        string[] accepts = ["gzip, deflate, br, zstd", "br;q=0.9, gzip;q=0.8", "gzip", "gzip, deflate", "zstd", "gzip, br"];
        var bodies = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var accept in accepts)
        {
            using var response = await SendAsync(client, HttpMethod.Get, accept);
            var coding = response.Content.Headers.ContentEncoding.SingleOrDefault() ?? "identity";
            Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
            Assert.Equal(coding == "identity" ? "\"v1\"" : "W/\"v1\"", response.Headers.ETag!.ToString());
            var body = await response.Content.ReadAsByteArrayAsync(Patience);
            if (bodies.TryAdd(coding, body)) continue;
            Assert.Equal(bodies[coding], body);
            Assert.NotNull(response.Headers.Age);
            // It is stored as it was sent: now its length is known.
            Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        }

        Assert.Equal(["br", "gzip", "identity"], bodies.Keys.Order());
        Assert.Equal(["br", "gzip", "identity"], fetched.Order());

        // A part is one of the plain text, whatever the client accepts.
        using var part = await SendAsync(client, HttpMethod.Get, "gzip", ("Range", "bytes=5-14"));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(Text[5..15], await part.Content.ReadAsStringAsync(Patience));
        using var valid = await SendAsync(client, HttpMethod.Get, "gzip", ("If-None-Match", "W/\"v1\""));
        Assert.Equal(HttpStatusCode.NotModified, valid.StatusCode);
        Assert.Equal(3, fetched.Count);
    }

    [Fact]
    public async Task Cache_RevalidatesACompressedAnswer_WithoutCompressingAgain()
    {
        var statuses = new List<int>();
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                context.Response.Headers.CacheControl = "no-cache";
                await AnswerAsync(context, knowsLength: true);
                lock (statuses) statuses.Add(context.Response.StatusCode);
            },
            route =>
            {
                Compressing(route);
                route.ResponseCache = new() { Enabled = true };
            });
        using var client = proxy.CreateClient();

        for (var i = 0; i < 3; i++)
        {
            using var response = await SendAsync(client, HttpMethod.Get, "gzip");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("W/\"v1\"", response.Headers.ETag!.ToString());
            Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
            Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
            Assert.Equal(Text, await DecodeAsync(response));
        }

        Assert.Equal([200, 304, 304], statuses);
    }

    private static void Compressing(RouteOptions route) => route.Compression = new() { Enabled = true };

    private static async Task AnswerAsync(HttpContext context, bool knowsLength)
    {
        context.Response.Headers.ETag = "\"v1\"";
        if (context.Request.Headers.IfNoneMatch.ToString() is "\"v1\"" or "W/\"v1\"")
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "text/plain";
        if (knowsLength) context.Response.ContentLength = Text.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.WriteAsync(Text);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string? accept, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, "/") { Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
        foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Patience);
    }

    private static async Task<string> DecodeAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStreamAsync(Patience);
        await using var decoded = response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(decoded, Encoding.UTF8);
        return await reader.ReadToEndAsync(Patience);
    }

    private static string[] Fields(HttpResponseMessage response) =>
        [.. response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not ("Date" or "Transfer-Encoding")).Select(h => h.Key + ": " + string.Join(", ", h.Value)).Order(StringComparer.Ordinal)];
}
