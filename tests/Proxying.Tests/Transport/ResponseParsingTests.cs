using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Proxying.Tests.Transport.TransportClient;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>What comes in (RFC 9112 §4 to §7; RFC 9110 §5, §8.6).</summary>
public sealed class ResponseParsingTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nhi", 299, "", "hi")]
    [InlineData("HTTP/1.1 999\r\nContent-Length: 2\r\n\r\nhi", 999, "", "hi")]
    [InlineData("HTTP/1.1 200 a \u0001b\tc\u00E4\r\nContent-Length: 2\r\n\r\nhi", 200, "a  b\tc\u00E4", "hi")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:\t2 \t\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0000000000000000002\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhi", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b;c=\"d\"\r\nh\r\n0001\r\ni\r\n000;x\r\n\r\n", 200, "OK", "hi")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nhi", 204, "No Content", "")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", 304, "Not Modified", "")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\t  c \r\nContent-Length: 2\r\n\r\nhi", 200, "OK", "hi")]
    public async Task Read_GoodResponse_IsUnderstood(string wire, int status, string reason, string body)
    {
        await using var origin = ScriptedOrigin.AnsweringOnce(wire);
        using var client = new TransportClient();

        using var response = await client.GetAsync(origin.Uri);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(reason, response.ReasonPhrase);
        Assert.Equal(body, await TextOf(response));
        Assert.True(response.Content.ReadAsStream() is IResponseBodyProgress { IsEnded: true });
    }

    [Theory]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.x 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.10 200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("ICY 200 OK\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1\t200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nNo colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: empty\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n folded: first\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA\0: c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA(: c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2,\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: \u00072\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\u007F\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2.0\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 00000000000000000002\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", AttemptFailureKinds.HttpUpgradeFailed)]
    [InlineData("garbage", AttemptFailureKinds.HttpResponseIncomplete)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", AttemptFailureKinds.HttpResponseIncomplete)]
    public async Task Read_BadHead_FailsAndEndsTheConnection(string wire, string kind = AttemptFailureKinds.HttpProtocolError)
    {
        await using var origin = ScriptedOrigin.AnsweringOnce(wire);
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(origin.Uri));

        Assert.Equal(new AttemptFailure(kind, FailureSide.Destination, SentState.AnswerBegun), failure);
        await origin[0].Ended.WaitAsync(Bound);
        Assert.Equal(0, client.Handler.FindPool(origin.Uri)!.OpenCount);
    }

    // Another destination may still answer: nothing of the final response is there (RFC 9110 §15.2).
    [Theory]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n", SentState.AllSent)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 2", SentState.AnswerBegun)]
    public async Task Read_EndBehindAnInterimHead_IsAnAnswerThatHasNotBegun(string wire, SentState sent)
    {
        await using var origin = ScriptedOrigin.AnsweringOnce(wire);
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(origin.Uri));

        var kind = sent == SentState.AnswerBegun ? AttemptFailureKinds.HttpResponseIncomplete : AttemptFailureKinds.ConnectionTerminated;
        Assert.Equal(new AttemptFailure(kind, FailureSide.Destination, sent), failure);
    }

    [Theory]
    [InlineData("Content-Length: 3\r\n\r\nhi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nhi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y")]
    public async Task Read_BodyCutShort_NeverEndsCleanly(string wire)
    {
        await using var origin = ScriptedOrigin.AnsweringOnce("HTTP/1.1 200 OK\r\n" + wire);
        using var client = new TransportClient();
        using var response = await client.GetAsync(origin.Uri);

        var e = await Assert.ThrowsAsync<AttemptException>(() => TextOf(response));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.HttpResponseIncomplete, FailureSide.Destination, SentState.AnswerBegun), e.Failure);
        await Assert.ThrowsAsync<AttemptException>(() => TextOf(response));
        Assert.Equal(0, client.Handler.FindPool(origin.Uri)!.OpenCount);
    }

    [Theory]
    [InlineData("-1\r\nh\r\n0\r\n\r\n")]
    [InlineData("+1\r\nh\r\n0\r\n\r\n")]
    [InlineData("0x1\r\nh\r\n0\r\n\r\n")]
    [InlineData("1_0\r\nh\r\n0\r\n\r\n")]
    [InlineData("1 \r\nh\r\n0\r\n\r\n")]
    [InlineData(" 1\r\nh\r\n0\r\n\r\n")]
    [InlineData("\r\nh\r\n0\r\n\r\n")]
    [InlineData(";a\r\nh\r\n0\r\n\r\n")]
    [InlineData("g\r\nh\r\n0\r\n\r\n")]
    [InlineData("1\nh\r\n0\r\n\r\n")]
    [InlineData("1\r\nh\n0\r\n\r\n")]
    [InlineData("1\r\nhi\r\n0\r\n\r\n")]
    [InlineData("1\rh\r\n0\r\n\r\n")]
    [InlineData("1;a\nh\r\n0\r\n\r\n")]
    [InlineData("1;a\0\r\nh\r\n0\r\n\r\n")]
    [InlineData("8000000000000000\r\nh")]
    [InlineData("10000000000000001\r\nh")]
    [InlineData("00000000000000001\r\nh\r\n0\r\n\r\n")]
    [InlineData("0\r\n\n")]
    [InlineData("0\r\nX y: z\r\n\r\n")]
    [InlineData("0\r\nX\r\n\r\n")]
    [InlineData("0\r\nX: a\0\r\n\r\n")]
    [InlineData("0\r\n X: a\r\n\r\n")]
    public async Task Read_BadChunk_Fails(string wire)
    {
        await using var origin = ScriptedOrigin.AnsweringOnce("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + wire);
        using var client = new TransportClient();

        // Framing that came along with the head fails the request, later framing fails the body.
        var e = await Assert.ThrowsAsync<AttemptException>(() => client.GetTextAsync(origin.Uri));

        Assert.Equal(AttemptFailureKinds.HttpProtocolError, e.Failure.Kind);
    }

    [Fact]
    public async Task Read_ChunkExtensionsWithoutEnd_AreBounded()
    {
        var wire = string.Concat(Enumerable.Repeat($"1;{new string('x', 1000)}\r\na\r\n", 20));
        await using var origin = ScriptedOrigin.AnsweringOnce($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{wire}0\r\n\r\n");
        using var client = new TransportClient();
        using var response = await client.GetAsync(origin.Uri);

        var e = await Assert.ThrowsAsync<AttemptException>(() => TextOf(response));

        Assert.Equal(AttemptFailureKinds.HttpProtocolError, e.Failure.Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_EndlessHead_IsCutAtItsLimit(bool oneLine)
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nX: ");
            try
            {
                while (true) await connection.SendAsync(oneLine ? new string('a', 1000) : "X-A: b\r\nX-C: d\r\n");
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // Cut, as it should be.
            }
        });
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(origin.Uri));

        Assert.Equal(AttemptFailureKinds.HttpResponseHeaderSectionSize, failure.Kind);
    }

    [Theory]
    [InlineData(32_768, true)]
    [InlineData(32_769, false)]
    public async Task Read_HeadOfExactSize_LimitIsExact(int size, bool fits)
    {
        const string Frame = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \r\n\r\n";
        await using var origin = ScriptedOrigin.AnsweringOnce(Frame.Replace("X: ", "X: " + new string('a', size - Frame.Length), StringComparison.Ordinal));
        using var client = new TransportClient();

        if (fits)
        {
            using var response = await client.GetAsync(origin.Uri);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        else Assert.Equal(AttemptFailureKinds.HttpResponseHeaderSectionSize, (await client.FailureOfAsync(Get(origin.Uri))).Kind);
    }

    [Fact]
    public async Task Read_EverySplit_GivesTheSame()
    {
        const string Wire = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nX-Fold: a\r\n  b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n" +
            "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n";
        var split = 0;
        await using var origin = new ScriptedOrigin(async connection =>
        {
            connection.Socket.NoDelay = true;
            while (await connection.TryReadHeadAsync() is not null)
            {
                await connection.SendAsync(Wire[..split]);
                await Task.Yield();
                await connection.SendAsync(Wire[split..]);
            }
        });
        using var client = new TransportClient();

        for (split = 1; split < Wire.Length; split++)
        {
            using var response = await client.GetAsync(origin.Uri);
            Assert.Equal(["X-Fold: a b", "Set-Cookie: a=1", "Set-Cookie: b=2", "Transfer-Encoding: chunked"], FieldsOf(response));
            Assert.Equal("abc0123456789", await TextOf(response));
            Assert.Equal("7", Assert.Single(response.TrailingHeaders.GetValues("X-Sum")));
        }

        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task Read_RepeatedFieldsAndBytes_ArriveUnmergedInOrder()
    {
        var cookies = Enumerable.Range(0, 60).Select(i => $"Set-Cookie: c{i}=\u00E4{i}; Path=/").ToArray();
        await using var origin = ScriptedOrigin.Answering($"HTTP/1.1 200 OK\r\n{string.Join("\r\n", cookies)}\r\nX-A: 1, 2\r\nX-A: 3\r\nContent-Type: a/b\r\nContent-Length: 0\r\n\r\n");
        using var client = new TransportClient();

        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync(origin.Uri);
            Assert.Equal([.. cookies, "X-A: 1, 2", "X-A: 3", "Content-Type: a/b", "Content-Length: 0"], FieldsOf(response));
        }
    }

    [Fact]
    public async Task Read_RecurringFields_AreTheSameStrings()
    {
        await using var origin = ScriptedOrigin.Answering("HTTP/1.1 200 OK\r\nServer: mine\r\nX-Own: value\r\nContent-Length: 0\r\n\r\n");
        using var client = new TransportClient();
        using var first = await client.GetAsync(origin.Uri);
        using var second = await client.GetAsync(origin.Uri);

        Assert.Same(first.Headers.NonValidated["Server"].ToString(), second.Headers.NonValidated["Server"].ToString());
        Assert.Same(first.Headers.NonValidated["X-Own"].ToString(), second.Headers.NonValidated["X-Own"].ToString());
    }

    [Fact]
    public async Task Read_ChangingFieldsOnOneConnection_AreNeverStale()
    {
        string[] heads =
        [
            "Server: a\r\nX-One: 1\r\nContent-Type: a/b", "Server: b\r\nX-One: 22\r\nContent-Type: a/c", "X-One: 1\r\nServer: a", "X-One: \u00E4\r\nServers: a", "X-One: \u00E4b",
            "Content-Type: a/b\r\nserver: a\r\nX-One:", "Server: a\r\nX-One: 1\r\nContent-Type: a/b",
        ];
        var next = 0;
        await using var origin = new ScriptedOrigin(async connection =>
        {
            while (await connection.TryReadHeadAsync() is not null) await connection.SendAsync($"HTTP/1.1 200 OK\r\n{heads[next]}\r\nContent-Length: 0\r\n\r\n");
        });
        using var client = new TransportClient();

        for (; next < heads.Length; next++)
        {
            using var response = await client.GetAsync(origin.Uri);
            var expected = heads[next].Split("\r\n").Append("Content-Length: 0").Select(l => l.Split(':')).Select(l => (l[0].ToLowerInvariant(), l[1].Trim())).Order();
            Assert.Equal(expected, FieldsOf(response).Select(l => l.Split(':')).Select(l => (l[0].ToLowerInvariant(), l[1].Trim())).Order());
        }

        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task Read_HeadMethod_HasNoBodyAndKeepsLength()
    {
        await using var origin = ScriptedOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        using var client = new TransportClient();

        for (var i = 0; i < 2; i++)
        {
            using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, origin.Uri));
            Assert.Equal("", await TextOf(response));
            Assert.Equal(1234, response.Content.Headers.ContentLength);
        }

        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task Read_TooManyFields_Fails()
    {
        await using var origin = ScriptedOrigin.AnsweringOnce($"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Repeat("A: b\r\n", 201))}\r\n");
        using var client = new TransportClient();

        Assert.Equal(AttemptFailureKinds.HttpResponseHeaderSectionSize, (await client.FailureOfAsync(Get(origin.Uri))).Kind);
    }

    [Fact]
    public async Task Read_ForbiddenTrailers_AreDropped()
    {
        await using var origin = ScriptedOrigin.Answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\ngrpc-status: 0\r\n\r\n");
        using var client = new TransportClient();
        using var response = await client.GetAsync(origin.Uri);

        Assert.Equal("", await TextOf(response));

        Assert.Equal(["X-A", "grpc-status"], response.TrailingHeaders.NonValidated.Select(t => t.Key));
        Assert.Equal(["1", "2"], response.TrailingHeaders.GetValues("X-A"));
    }
}
