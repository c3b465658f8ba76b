using System.Net.Http.Headers;
using System.Text;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Proxying.Tests.Transport.TransportClient;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>What goes out (RFC 9112 §3, §5, §6).</summary>
public sealed class RequestWritingTests
{
    private const string Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task Send_GetWithoutContent_WritesHostFirstAndNoFraming()
    {
        var (head, port) = await HeadOf(uri => Get(new Uri(uri, "/a/b?c=d")));

        Assert.Equal($"GET /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n", head);
    }

    [Fact]
    public async Task Send_TargetGiven_IsSentByteForByte()
    {
        const string Target = "/base/%2F%5c%21//x;y=1+2/..%2e?a=b%00&\u00E4\u00FF|?";

        var (head, _) = await HeadOf(uri => GetTarget(uri, Target));

        Assert.StartsWith($"GET {Target} HTTP/1.1\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_HostGiven_ReplacesAuthority()
    {
        var (head, _) = await HeadOf(uri =>
        {
            var request = Get(uri);
            request.Headers.TryAddWithoutValidation("X-First", "1");
            request.Headers.Host = "shop.example:8443";
            return request;
        });

        Assert.StartsWith("GET / HTTP/1.1\r\nHost: shop.example:8443\r\nX-First: 1\r\n", head, StringComparison.Ordinal);
        Assert.Single(head.Split("Host:")[1..]);
    }

    [Fact]
    public async Task Send_RepeatedAndLatin1Values_KeepLinesOrderAndBytes()
    {
        var (head, _) = await HeadOf(uri =>
        {
            var request = Get(uri);
            request.Headers.TryAddWithoutValidation("X-A", "one, two");
            request.Headers.TryAddWithoutValidation("X-A", "three");
            request.Headers.TryAddWithoutValidation("Accept", "text/html;q=0.5");
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
            request.Headers.TryAddWithoutValidation("X-Bytes", "\u00E4\u00FF\u0080\ta");
            request.Headers.TryAddWithoutValidation("X-Empty", "");
            return request;
        });

        Assert.Contains("X-A: one, two\r\nX-A: three\r\nAccept: text/html;q=0.5\r\nAccept: */*\r\nX-Bytes: \u00E4\u00FF\u0080\ta\r\nX-Empty: \r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_FieldsOfFramingAndConnection_AreLeftOut()
    {
        var (head, _) = await HeadOf(uri =>
        {
            var request = Get(uri);
            foreach (var (name, value) in new[]
            {
                ("Transfer-Encoding", "chunked"), ("Connection", "close, X-Gone"), ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "keep-alive"),
                ("Upgrade", "websocket"), ("TE", "gzip"), ("Expect", "100-continue"),
            })
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }

            return request;
        });

        Assert.Equal(["GET / HTTP/1.1", "Host", "", ""], head.Split("\r\n").Select(l => l.Split(':')[0]));
    }

    [Fact]
    public async Task Send_TeTrailers_IsKeptAndNamedInConnection()
    {
        var (head, _) = await HeadOf(uri =>
        {
            var request = Get(uri);
            request.Headers.TryAddWithoutValidation("TE", "trailers, deflate;q=0.5");
            return request;
        });

        Assert.Contains("\r\nConnection: TE\r\nTE: trailers\r\n", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("GET", false)]
    [InlineData("DELETE", false)]
    [InlineData("BREW", false)]
    public async Task Send_NoContent_SaysLengthZeroWhereContentIsUsual(string method, bool saysZero)
    {
        var (head, _) = await HeadOf(uri => new HttpRequestMessage(new HttpMethod(method), uri));

        Assert.Equal(saysZero, head.Contains("\r\nContent-Length: 0\r\n", StringComparison.Ordinal));
        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-A", "a\0b")]
    [InlineData("X-A", "\u0100")]
    [InlineData("Cookie", "a\rb")]
    public async Task Send_ValueThatIsNoFieldValue_FailsBeforeAnyByte(string name, string value)
    {
        await using var origin = ScriptedOrigin.Answering(Empty);
        using var client = new TransportClient();
        var request = Get(origin.Uri);
        if (!request.Headers.TryAddWithoutValidation(name, value)) return; // The collection refused it already.
        request.Headers.TryAddWithoutValidation("X-After", "1");

        try
        {
            using var response = await client.SendAsync(request);
            // The collection may drop a value with a line break by itself; nothing of it may have been sent.
            Assert.DoesNotContain('\r', value.Replace("\r", string.Empty, StringComparison.Ordinal));
        }
        catch (AttemptException e)
        {
            Assert.Equal(new AttemptFailure(AttemptFailureKinds.HttpRequestError, FailureSide.Client, SentState.NotConnected), e.Failure);
            Assert.Equal(0, origin.Connections);
        }
    }

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/\u007F")]
    [InlineData("/\0")]
    [InlineData("/\u0100")]
    [InlineData("")]
    public async Task Send_TargetThatIsNone_FailsBeforeAnyByte(string target)
    {
        await using var origin = ScriptedOrigin.Answering(Empty);
        using var client = new TransportClient();
        var request = GetTarget(origin.Uri, target);

        var failure = await client.FailureOfAsync(request);

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.HttpRequestError, FailureSide.Client, SentState.NotConnected), failure);
        Assert.Equal(0, origin.Connections);
    }

    [Fact]
    public async Task Send_ContentOfKnownLength_SaysItOnceAndLeavesInOneSend()
    {
        await using var origin = ScriptedOrigin.Answering(Empty);
        using var client = new TransportClient();
        var content = new ByteArrayContent(new byte[4096]);
        content.Headers.TryAddWithoutValidation("Content-Type", "a/b");

        using var response = await client.SendAsync(Post(origin.Uri, content));

        Assert.Single(origin[0].Receives);
        Assert.True(origin[0].Receives[0] > 4096);
    }

    [Fact]
    public async Task Send_ContentOfUnknownLength_IsChunkedInOneSend()
    {
        var wire = new TaskCompletionSource<string>();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            var head = await connection.ReadHeadAsync();
            wire.SetResult(head + await connection.ReadUntilAsync("0\r\n\r\n"));
            await connection.SendAsync(Empty);
        });
        using var client = new TransportClient();
        var content = new SteppedContent(async (stream, token) =>
        {
            await stream.WriteAsync("hello"u8.ToArray(), token);
            await stream.WriteAsync(ReadOnlyMemory<byte>.Empty, token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 26)), token);
        });

        using var response = await client.SendAsync(Post(origin.Uri, content));

        Assert.EndsWith("\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1a\r\n" + new string('x', 26) + "\r\n0\r\n\r\n", await wire.Task, StringComparison.Ordinal);
        Assert.Single(origin[0].Receives);
    }

    [Fact]
    public async Task Send_Trailers_FollowTheLastChunkWithoutForbiddenOnes()
    {
        var wire = new TaskCompletionSource<string>();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            wire.SetResult(await connection.ReadUntilAsync("\r\n\r\n"));
            await connection.SendAsync(Empty);
        });
        using var client = new TransportClient();
        var request = Post(origin.Uri, new SteppedContent((stream, token) => stream.WriteAsync("ab"u8.ToArray(), token).AsTask()));
        var trailers = new HttpResponseMessage().TrailingHeaders;
        trailers.TryAddWithoutValidation("X-Sum", "1");
        trailers.TryAddWithoutValidation("X-Sum", "2");
        trailers.TryAddWithoutValidation("Authorization", "secret");
        trailers.TryAddWithoutValidation("Content-Length", "7");
        request.GetTrailers = () => trailers;

        using var response = await client.SendAsync(request);

        Assert.Equal("2\r\nab\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n", await wire.Task);
    }

    private static async Task<(string Head, int Port)> HeadOf(Func<Uri, HttpRequestMessage> make)
    {
        var head = new TaskCompletionSource<string>();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            head.SetResult(await connection.ReadHeadAsync());
            await connection.SendAsync(Empty);
        });
        using var client = new TransportClient();
        using var response = await client.SendAsync(make(origin.Uri));
        return (await head.Task, origin.Uri.Port);
    }
}
