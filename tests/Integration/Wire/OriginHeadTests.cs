using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>Answers of any shape in time read the same, and heads without end are cut.</summary>
public sealed class OriginHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 ", "a")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Long: ", "a")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Many: 1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Folded: a\r\n", " b\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n", "X-Many: 1\r\n")]
    public async Task Head_WithoutEnd_Is502AndBounded(string begin, string again)
    {
        var sent = 0L;
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(begin);
            var block = string.Concat(Enumerable.Repeat(again, 1000));
            try
            {
                while (true)
                {
                    await connection.SendAsync(block);
                    sent += block.Length;
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Cut, as it should be.
            }
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());

        Assert.Equal(502, (await client.ReadMessageAsync()).Status);
        await wire.DisposeAsync();
        Assert.InRange(sent, 0, 8 << 20);
    }

    [Fact]
    public async Task Trailers_WithoutEnd_CutTheAnswer()
    {
        var (text, _) = await ReadAllAsync(Get(), async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n");
            try
            {
                while (true) await connection.SendAsync("X-Many: 1\r\n");
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Cut, as it should be.
            }
        });

        Assert.DoesNotContain("\r\n0\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 Fine\r\nX-A: 1\r\nX-Fold: a\r\n  b\r\nX-A: 2\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 Fine\r\nX-A: 1\r\nX-Fold: a\r\n  b\r\nX-A: 2\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine\r\nX-A: 1\r\nX-Fold: a b\r\nX-A: 2\r\nContent-Length: 5\r\n\r\nhello")]
    public async Task Answer_ByteByByte_ReadsTheSame(string answer)
    {
        await using var wire = await StartAsync(async connection =>
        {
            while (true)
            {
                await connection.ReadMessageAsync();
                await connection.SendBytewiseAsync(answer);
            }
        });
        var client = await wire.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get());
            var response = await client.ReadMessageAsync();
            Assert.Equal("HTTP/1.1 200 Fine", response.StartLine);
            Assert.Equal(["1", "2"], response.Values("X-A"));
            Assert.Equal("a b", response.Value("X-Fold"));
            Assert.Equal("hello", response.Content);
            Assert.Equal(answer.Contains("X-Sum", StringComparison.Ordinal) ? ["X-Sum: 1"] : [], response.Trailers);
        }

        Assert.Equal(1, wire.Origin.Connections);
    }

    [Fact]
    public async Task Head_JustBelowTheLimit_PassesWhole()
    {
        var fields = string.Concat(Enumerable.Range(0, 150).Select(i => $"X-{i}: {new string('v', 190)}\r\n"));

        var (_, response) = await ExchangeAsync(Get(), $"HTTP/1.1 200 OK\r\n{fields}Content-Length: 2\r\n\r\nhi");

        Assert.Equal(150, response.Fields.Count(f => f.StartsWith("X-", StringComparison.Ordinal)));
        Assert.Equal("hi", response.Body);
    }
}
