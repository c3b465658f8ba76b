using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>What an origin sends that is no answer never becomes one (RFC 9112 §4 to §8).</summary>
public sealed class MalformedAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: \u000Bchunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 -20 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/0.9 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("FTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("<html>hi</html>")]
    [InlineData("\0\u0001\u0002\u00FF\u00FE\r\n\r\n")]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")]
    [InlineData("HTTP/1.1 2")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nX y: a\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\n first: folded\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nX\u00E4: a\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    public async Task Answer_ThatIsNone_Is502AndEndsItsConnection(string answer)
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(answer);
            await connection.FinishAsync();
        });
        var client = await wire.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get());
            var response = await client.ReadMessageAsync();
            Assert.Equal(502, response.Status);
            Assert.Equal("application/problem+json", response.Value("Content-Type"));
            Assert.DoesNotContain("127.0.0.1", response.Body, StringComparison.Ordinal);
            await wire.Origin[i].Ended.WaitAsync(Forwarding.ProxyUnderTest.Patience);
        }

        Assert.Equal(2, wire.Origin.Connections);
    }

    [Fact]
    public async Task Answer_ByReset_Is502()
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            connection.Reset();
        });
        var client = await wire.ConnectAsync();

        await client.SendAsync(Get());

        Assert.Equal(502, (await client.ReadMessageAsync()).Status);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 a\u0001b\u007F\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nX-C: a\u0001b\u001Fc\u007F\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 \u00E4\u00FF\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nX-C : a\r\nContent-Length \t: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nX-C: a\r\n b\r\n\tc\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\nX-C: a\nContent-Length: 2\n\nhi")]
    public async Task Answer_WithOddBytes_ReachesTheClientWithoutThem(string answer)
    {
        var (_, response) = await ExchangeAsync(Get(), answer);

        Assert.Equal(200, response.Status);
        Assert.Equal("hi", response.Body);
        Assert.DoesNotContain(response.Head, c => c < ' ' && c is not ('\r' or '\n'));
        Assert.DoesNotContain('\u007F', response.Head);
        Assert.All(response.Fields, f => Assert.Matches("^[!#-'*+.0-9A-Z^-z|~-]+: [^ \t].*$", f));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhi")]
    [InlineData("Content-Length: 5\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi!\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n-1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nffffffffffffffff\r\nx")]
    public async Task Body_CutShortOrMalformed_NeverEndsCleanlyForTheClient(string rest)
    {
        var (text, _) = await ReadAllAsync(Get(), async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + rest);
            await connection.FinishAsync();
        });

        // Seen before anything had to go out, it may be a failure of the answer as a whole, or nothing but a connection that ends.
        if (text.Length == 0 || text.StartsWith("HTTP/1.1 502", StringComparison.Ordinal)) return;
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", text, StringComparison.Ordinal);
        AssertIsCut(text);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhi", false)]
    [InlineData("Content-Length: 5\r\n\r\nhi", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi", true)]
    [InlineData("\r\nhi", true)]
    public async Task Body_EndedAfterTheClientHasSeenItsBeginning_IsCutForTheClientToo(string rest, bool isReset)
    {
        var seen = new TaskCompletionSource();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + rest);
            await seen.Task;
            if (isReset) connection.Reset();
            else await connection.FinishAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadUntilAsync("hi"), StringComparison.Ordinal);

        seen.SetResult();

        AssertIsCut(await client.WaitForEndAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "x")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n", "evil")]
    public async Task Bytes_BeyondAnAnswer_NeverAnswerAnotherRequest(string answer, string more)
    {
        foreach (var isLate in (bool[])[false, true])
        {
            var late = new TaskCompletionSource();
            var sent = new TaskCompletionSource();
            await using var wire = await StartAsync(async connection =>
            {
                await connection.ReadMessageAsync();
                await connection.SendAsync(isLate ? answer : answer + more);
                if (isLate)
                {
                    await late.Task;
                    await connection.SendAsync(more);
                }

                sent.TrySetResult();
                await connection.WaitForEndAsync();
            });
            var client = await wire.ConnectAsync();
            await client.SendAsync(Get());
            await client.ReadMessageAsync();
            late.SetResult();
            await sent.Task.WaitAsync(Forwarding.ProxyUnderTest.Patience);

            await client.SendAsync(Get());
            var second = await client.ReadMessageAsync();

            Assert.Equal(answer[..12], second.StartLine[..12]);
            Assert.DoesNotContain("evil", second.Body, StringComparison.Ordinal);
            Assert.Equal(2, wire.Origin.Connections);
        }
    }

    private static void AssertIsCut(string text)
    {
        Assert.DoesNotContain("\r\n0\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", text.Length > 8 ? text[8..] : "", StringComparison.Ordinal);
    }
}
