using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Http2;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Compression;

/// <summary>What destinations get of encoded request bodies on a route that decodes them.</summary>
public sealed class RequestDecompressionTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{{ \"id\": {i * 7919 % 5000} }}\n"));

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Theory]
    [InlineData("gzip", "1.1")]
    [InlineData("br", "1.1")]
    [InlineData("deflate", "1.1")]
    [InlineData("gzip", "2.0")]
    [InlineData("br", "2.0")]
    public async Task Body_ReachesTheDestinationDecoded(string coding, string version)
    {
        var seen = "";
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                var request = context.Request;
                seen = $"{request.Headers.ContentEncoding}|{request.ContentLength}|{request.Headers["Content-Digest"]}|{request.ContentType}";
                await EchoAsync(context);
            },
            Decoding,
            proxy: version == "2.0" ? Http2Front.ClearText : null);
        using var client = proxy.CreateClient(Version.Parse(version));

        using var response = await PostAsync(client, Encode(Text, coding), coding);

        Assert.Equal(Text, await response.Content.ReadAsStringAsync(Patience));
        Assert.Equal("|||application/json", seen);
    }

    [Fact]
    public async Task Body_ThatIsNotEncoded_PassesAsItIs()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(EchoAsync, Decoding);
        using var client = proxy.CreateClient();
        using var response = await PostAsync(client, Encoding.ASCII.GetBytes(Text), coding: null);
        Assert.Equal(Text, await response.Content.ReadAsStringAsync(Patience));
    }

    [Fact]
    public async Task Route_ThatDoesNotDecode_PassesAnyCoding()
    {
        var seen = "";
        await using var proxy = await ProxyUnderTest.StartAsync(context =>
        {
            seen = context.Request.Headers.ContentEncoding.ToString();
            return EchoAsync(context);
        });
        using var client = proxy.CreateClient();
        using var response = await PostAsync(client, [1, 2, 3], "zstd");
        Assert.Equal([1, 2, 3], await response.Content.ReadAsByteArrayAsync(Patience));
        Assert.Equal("zstd", seen);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Bomb_IsAnswered413_AndNoDestinationGetsAllOfIt(string coding)
    {
        var got = 0L;
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                try
                {
                    var buffer = new byte[100_000];
                    int read;
                    while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0) got += read;
                    ended.TrySetResult(true);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException)
                {
                    ended.TrySetResult(false);
                    throw;
                }
            },
            Decoding);
        using var client = proxy.CreateClient();

        using var response = await PostAsync(client, Encode(new string('\0', 20_000_000), coding), coding);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        // It was begun, as nothing is kept back, and never came to look complete.
        if (got > 0) Assert.False(await ended.Task.WaitAsync(ProxyUnderTest.Patience));
        Assert.InRange(got, 0, 8 * 1024 * 1024);
    }

    [Theory]
    [InlineData("gzip", 0)]
    [InlineData("gzip", 20)]
    [InlineData("br", 20)]
    public async Task BrokenBody_IsAnswered400(string coding, int cut)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(EchoAsync, Decoding);
        using var client = proxy.CreateClient();
        var body = cut == 0 ? Encoding.ASCII.GetBytes(Text) : Encode(Text, coding)[..^cut];
        using var response = await PostAsync(client, body, coding);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    public async Task UnknownCoding_IsAnswered415_WithWhatIsUnderstood(string coding)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(EchoAsync, Decoding);
        using var client = proxy.CreateClient();
        using var response = await PostAsync(client, [1, 2, 3], coding);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("gzip, br, deflate", string.Join(", ", response.Headers.NonValidated["Accept-Encoding"]));
        using var next = await PostAsync(client, Encode(Text, "gzip"), "gzip");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Body_IsSentAgain_WhereADestinationFailsWithIt()
    {
        await using var failing = new ScriptedOrigin(async connection =>
        {
            await connection.ReadMessageAsync();
            connection.Dispose();
        });
        await using var good = await ProxyUnderTest.StartBackendAsync(EchoAsync);
        await using var proxy = await ProxyUnderTest.StartAsync(failing.Uri, Decoding, cluster =>
        {
            cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.FirstAlphabetical;
            cluster.Destinations.Clear();
            cluster.Destinations["a"] = new() { Address = failing.Uri.ToString() };
            cluster.Destinations["b"] = new() { Address = good.Urls.First() };
        });
        using var client = proxy.CreateClient();

        using var response = await PostAsync(client, Encode(Text, "gzip"), "gzip", HttpMethod.Put);

        Assert.Equal(Text, await response.Content.ReadAsStringAsync(Patience));
        Assert.Equal(1, failing.Connections);
    }

    private static void Decoding(RouteOptions route) => route.RequestDecompression = new() { Enabled = true };

    private static async Task EchoAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await context.Response.Body.WriteAsync(body.ToArray(), context.RequestAborted);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, byte[] body, string? coding, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, "/") { Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        if (coding is not null) request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        request.Headers.TryAddWithoutValidation("Content-Digest", "x");
        return await client.SendAsync(request, Patience);
    }

    private static byte[] Encode(string text, string coding)
    {
        using var encoded = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "br" => new BrotliStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
            "gzip" => new GZipStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
        }) encoder.Write(Encoding.ASCII.GetBytes(text));
        return encoded.ToArray();
    }
}
