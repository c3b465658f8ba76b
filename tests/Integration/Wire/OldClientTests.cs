using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>A client of HTTP/1.0 gets neither chunks nor interim answers (RFC 9112 §6.1, RFC 9110 §15.2).</summary>
public sealed class OldClientTests
{
    [Theory]
    [InlineData("", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n4\r\n you\r\n0\r\n\r\n")]
    [InlineData("Connection: keep-alive\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3\r\n yo\r\n1\r\nu\r\n0\r\nX-Sum: 1\r\n\r\n")]
    [InlineData("", "HTTP/1.1 200 OK\r\n\r\nhi you")]
    public async Task Body_WithoutLength_EndsWithTheConnection(string fields, string answer)
    {
        var (text, client) = await ReadAllAsync($"GET / HTTP/1.0\r\n{fields}\r\n", async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(answer);
            await connection.FinishAsync();
        });

        Assert.EndsWith("\r\n\r\nhi you", text, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("X-Sum", text, StringComparison.Ordinal);
        Assert.False(client.WasReset);
    }

    [Theory]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")]
    public async Task Interim_FromTheOrigin_IsNotPassedOn(string interim)
    {
        var (text, _) = await ReadAllAsync("GET / HTTP/1.0\r\n\r\n", async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(interim + Answers.Hi);
        });

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expectation_OfAnOldClient_GetsNo100AndDoesNotDelayTheBody()
    {
        var (text, _) = await ReadAllAsync("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", async connection =>
        {
            Assert.Equal("hi", (await connection.ReadMessageAsync()).Body);
            await connection.SendAsync(Answers.Hi);
        });

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 100", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n")]
    public async Task Body_CutShort_EndsWithAReset(string answer)
    {
        var (_, client) = await ReadAllAsync("GET / HTTP/1.0\r\n\r\n", async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(answer);
            await connection.FinishAsync();
        });

        Assert.True(client.WasReset);
    }
}
