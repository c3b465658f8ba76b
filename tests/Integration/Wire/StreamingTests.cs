using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>Nothing waits for what it does not need: heads, first bytes, later bytes, in either direction and in both at once.</summary>
public sealed class StreamingTests
{
    [Theory]
    [InlineData("Content-Length: 6\r\n", "abc", "def")]
    [InlineData("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n", "3\r\ndef\r\n")]
    [InlineData("", "abc", "def")]
    public async Task Response_EachPiece_IsThereBeforeTheNextIsSent(string framing, string first, string second)
    {
        var next = new SemaphoreSlim(0);
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            foreach (var piece in (string[])[$"HTTP/1.1 200 OK\r\n{framing}\r\n", first, second])
            {
                await connection.SendAsync(piece);
                await next.WaitAsync();
            }

            await connection.SendAsync(framing.Contains("chunked", StringComparison.Ordinal) ? "0\r\n\r\n" : "");
            await connection.FinishAsync();
        });
        var client = await wire.ConnectAsync();

        await client.SendAsync(Get("Connection: close\r\n"));

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        next.Release();
        await client.ReadUntilAsync("abc");
        next.Release();
        await client.ReadUntilAsync("def");
        next.Release();
        await client.WaitForEndAsync();
    }

    [Theory]
    [InlineData("Content-Length: 6\r\n", "abc", "def")]
    [InlineData("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n", "3\r\ndef\r\n")]
    public async Task Request_EachPiece_IsThereBeforeTheNextIsSent(string framing, string first, string second)
    {
        var seen = System.Threading.Channels.Channel.CreateUnbounded<string>();
        await using var wire = await StartAsync(async connection =>
        {
            seen.Writer.TryWrite(await connection.ReadHeadAsync());
            seen.Writer.TryWrite(await connection.ReadUntilAsync("abc"));
            seen.Writer.TryWrite(await connection.ReadUntilAsync("def"));
            await connection.SendAsync(Answers.Hi);
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();

        foreach (var piece in (string[])[Post(framing), first, second])
        {
            await client.SendAsync(piece);
            await seen.Reader.ReadAsync().AsTask().WaitAsync(ProxyUnderTest.Patience);
        }

        if (framing.Contains("chunked", StringComparison.Ordinal)) await client.SendAsync("0\r\n\r\n");
        Assert.Equal("hi", (await client.ReadMessageAsync()).Body);
    }

    [Fact]
    public async Task BothWays_AtOnce_OverOneConnection()
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (await connection.ReadUntilAsync("\r\n") is not "0\r\n")
            {
                var data = await connection.ReadUntilAsync("\r\n");
                await connection.SendAsync($"{data.Length - 2:x}\r\n{data}");
            }

            await connection.ReadUntilAsync("\r\n");
            await connection.SendAsync("0\r\n\r\n");
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post("Transfer-Encoding: chunked\r\n"));
        await client.ReadHeadAsync();

        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync($"6\r\nping {i}\r\n");
            await client.ReadUntilAsync($"ping {i}\r\n");
        }

        await client.SendAsync("0\r\n\r\n");
        await client.ReadUntilAsync("0\r\n\r\n");
        await client.SendAsync(Get());
        Assert.Equal("", client.Unread);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    public async Task EarlyAnswer_WhileTheUploadRuns_IsPassedOnAndItsConnectionNotUsedAgain(string answer)
    {
        await using var wire = await StartAsync(async connection =>
        {
            if ((await connection.ReadHeadAsync()).StartsWith("POST", StringComparison.Ordinal)) await connection.ReadUntilAsync("abc");
            await connection.SendAsync(answer);
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post("Content-Length: 1000000\r\n", "abc"));

        var response = await client.ReadMessageAsync();

        Assert.Equal("hi", response.Content);
        Assert.Equal(answer.Split("\r\n")[0], response.StartLine);
        await wire.Origin[0].Ended.WaitAsync(ProxyUnderTest.Patience);
        var other = await wire.ConnectAsync();
        await other.SendAsync(Get());
        Assert.Equal("hi", (await other.ReadMessageAsync()).Content);
        Assert.Equal(2, wire.Origin.Connections);
    }

    [Fact]
    public async Task EarlyAnswer_ThenTheRestOfTheUpload_LeavesTheClientsConnectionInOrder()
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Answers.Hi);
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post("Content-Length: 60\r\n", "abc"));
        Assert.Equal("hi", (await client.ReadMessageAsync()).Body);

        // Part of the upload, however much it looks like a request; what comes behind it is one.
        var rest = Get("X-Smuggled: 1\r\n", "/smuggled")[..57];
        await client.SendAsync(rest + Get(target: "/next"));
        var text = await client.WaitForAsync(response => response.Contains("hi", StringComparison.Ordinal));

        Assert.DoesNotContain("400", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Enumerable.Range(0, wire.Origin.Connections), i => wire.Origin[i].Unread.Contains("smuggled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reset_DuringTheUpload_Is502OrTheOriginsAnswerAndNoHang()
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadUntilAsync("abc");
            connection.Reset();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post("Content-Length: 1000000\r\n", "abc"));

        Assert.Equal(502, (await client.ReadMessageAsync()).Status);
    }
}
