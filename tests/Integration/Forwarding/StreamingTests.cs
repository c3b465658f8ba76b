using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>Bytes move as they come, in both directions, and nothing waits for a body to be complete.</summary>
public sealed class StreamingTests
{
    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Response_HeadWithoutBodyYet_ReachesTheClient()
    {
        var release = new TaskCompletionSource();
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            context.Response.Headers["X-Early"] = "yes";
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await release.Task;
            await context.Response.WriteAsync("late");
        });
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Patience);

        Assert.Equal("yes", response.Headers.GetValues("X-Early").Single());
        release.SetResult();
        Assert.Equal("late", await response.Content.ReadAsStringAsync(Patience));
    }

    [Fact]
    public async Task Response_EventByEvent_EachReachesTheClientBeforeTheNextIsSent()
    {
        var next = new SemaphoreSlim(0);
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 5; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
                await next.WaitAsync();
            }
        });
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Patience);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Patience));

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
    public async Task Request_PieceByPiece_EachReachesTheBackendBeforeTheNextIsSent(string version)
    {
        var arrived = System.Threading.Channels.Channel.CreateUnbounded<string>();
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                var buffer = new byte[100];
                int read;
                while ((read = await context.Request.Body.ReadAsync(buffer)) > 0) arrived.Writer.TryWrite(Encoding.ASCII.GetString(buffer, 0, read));
                await context.Response.WriteAsync("done");
            },
            proxy: ClearTextHttp2(version));
        using var client = proxy.CreateClient(Version.Parse(version));
        var content = new SteppedContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content, Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var sending = client.SendAsync(request, Patience);

        foreach (var piece in (string[])["first", "second", "third"])
        {
            await content.SendAsync(piece);
            Assert.Equal(piece, await arrived.Reader.ReadAsync(Patience));
        }

        content.Finish();
        using var response = await sending;
        Assert.Equal("done", await response.Content.ReadAsStringAsync(Patience));
    }

    [Fact]
    public async Task Echo_FullDuplex_EachPieceComesBackWhileTheUploadRuns()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            var buffer = new byte[100];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read));
                await context.Response.Body.FlushAsync();
            }
        }, proxy: ClearTextHttp2("2.0"));
        using var client = proxy.CreateClient(HttpVersion.Version20);
        var content = new SteppedContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Patience);
        var body = await response.Content.ReadAsStreamAsync(Patience);
        var buffer = new byte[100];
        for (var i = 0; i < 5; i++)
        {
            await content.SendAsync($"ping {i}");
            var read = await body.ReadAsync(buffer, Patience);
            Assert.Equal($"ping {i}", Encoding.ASCII.GetString(buffer, 0, read));
        }

        content.Finish();
        Assert.Equal(0, await body.ReadAsync(buffer, Patience));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(100_000)]
    [InlineData(50_000_000)]
    public async Task Body_OfAnySize_ComesBackUnchanged(int size)
    {
        // The backend answers while the upload runs. A client that takes nothing of an answer before its upload has ended would block both, whatever is in between: the
        // platform's HTTP/1.1 is one, and so is its HTTP/2 with the contents that it knows to be at hand.
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        }, proxy: ClearTextHttp2("2.0"));
        using var client = proxy.CreateClient(HttpVersion.Version20);
        var sent = new byte[size];
        new Random(1).NextBytes(sent);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new DuplexContent(sent), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Patience);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(size, response.Content.Headers.ContentLength);
        var received = await response.Content.ReadAsByteArrayAsync(Patience);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task Client_ThatLeavesDuringTheResponse_EndsTheRequestToTheBackend()
    {
        var ended = new TaskCompletionSource();
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => ended.TrySetResult());
            await context.Response.WriteAsync("begin");
            await context.Response.Body.FlushAsync();
            await ended.Task;
        });
        using var client = proxy.CreateClient();

        var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Patience);
        response.Dispose();

        await ended.Task.WaitAsync(ProxyUnderTest.Patience);
    }

    [Fact]
    public async Task Client_ThatLeavesBeforeTheResponse_EndsTheRequestToTheBackend()
    {
        var started = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => ended.TrySetResult());
            started.SetResult();
            await ended.Task;
        });
        using var client = proxy.CreateClient();
        using var giveUp = new CancellationTokenSource();

        var sending = client.GetAsync("/", giveUp.Token);
        await started.Task.WaitAsync(ProxyUnderTest.Patience);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await ended.Task.WaitAsync(ProxyUnderTest.Patience);
    }

    [Fact]
    public async Task Trailers_OfTheResponse_FollowTheBodyAndAreNotMerged()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                context.Response.DeclareTrailer("X-Sum");
                await context.Response.WriteAsync("body");
                context.Response.AppendTrailer("X-Sum", "42");
            },
            cluster: c => c.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
            backendProtocols: Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", Patience);

        Assert.Equal("body", await response.Content.ReadAsStringAsync(Patience));
        Assert.False(response.Headers.Contains("X-Sum"));
        Assert.Equal("42", response.TrailingHeaders.GetValues("X-Sum").Single());
    }

    [Fact]
    public async Task Response_CutShortByTheBackend_IsCutForTheClientToo()
    {
        // An abort may overtake what was sent before it: the client has the head first.
        var hasHead = new TaskCompletionSource();
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await hasHead.Task;
            context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
        });
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Patience);
        hasHead.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Patience));
    }

    internal static Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? ClearTextHttp2(string version) => version != "2.0"
        ? null
        : builder => Microsoft.AspNetCore.Hosting.WebHostBuilderKestrelExtensions.ConfigureKestrel(
            builder.WebHost, kestrel => kestrel.ConfigureEndpointDefaults(e => e.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2));
}
