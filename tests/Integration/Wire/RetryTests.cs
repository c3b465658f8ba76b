using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>A request is sent again only where that cannot do harm: on a pooled connection that had died, without a body, with a method that may be repeated (RFC 9112 §9.3.1).</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData("GET", "", "", true)]
    [InlineData("HEAD", "", "", true)]
    [InlineData("OPTIONS", "", "", true)]
    [InlineData("DELETE", "", "", true)]
    [InlineData("PUT", "Content-Length: 2\r\n", "hi", false)]
    [InlineData("POST", "", "", false)]
    [InlineData("POST", "Content-Length: 2\r\n", "hi", false)]
    [InlineData("POST", "Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n", false)]
    [InlineData("PATCH", "Content-Length: 2\r\n", "hi", false)]
    public async Task PooledConnection_ThatDiesUnderARequest_IsReplacedOnlyForRequestsThatMayBeRepeated(string method, string fields, string body, bool isRepeated)
    {
        var targets = new List<string>();
        await using var wire = await StartAsync(async connection =>
        {
            var isFirst = true;
            while (true)
            {
                var request = await connection.ReadMessageAsync();
                var target = request.StartLine.Split(' ')[1];
                lock (targets) targets.Add(target);
                if (target == "/tested" && !isFirst)
                {
                    connection.Reset();
                    return;
                }

                isFirst = false;
                await connection.SendAsync(request.StartLine.StartsWith("HEAD", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : Answers.Hi);
            }
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get(target: "/warm"));
        await client.ReadMessageAsync();

        await client.SendAsync($"{method} /tested HTTP/1.1\r\nHost: {Host}\r\n{fields}\r\n{body}");
        var response = await client.ReadMessageAsync(hasBody: method != "HEAD");

        Assert.Equal(isRepeated ? 200 : 502, response.Status);
        Assert.Equal(isRepeated ? ["/warm", "/tested", "/tested"] : ["/warm", "/tested"], targets);
    }

    [Fact]
    public async Task Origin_ThatEndsEveryConnectionWithoutAnAnswer_IsAskedABoundedNumberOfTimes()
    {
        var asked = 0;
        await using var wire = await StartAsync(async connection =>
        {
            while (true)
            {
                var request = await connection.ReadMessageAsync();
                if (request.StartLine.Contains("/warm", StringComparison.Ordinal))
                {
                    await connection.SendAsync(Answers.Hi);
                    continue;
                }

                Interlocked.Increment(ref asked);
                connection.Reset();
                return;
            }
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get(target: "/warm"));
        await client.ReadMessageAsync();

        await client.SendAsync(Get());

        Assert.Equal(502, (await client.ReadMessageAsync()).Status);
        Assert.InRange(asked, 1, 2);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "Content-Length: 2\r\n\r\nhi")]
    public async Task IdleConnection_ClosedByTheOrigin_IsNoticedBeforeAnythingIsSentOnIt(string method, string rest)
    {
        var ended = new SemaphoreSlim(0);
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(Answers.Hi);
            connection.ShutdownSend();
            ended.Release();
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: {Host}\r\n{(rest.Length == 0 ? "\r\n" : rest)}");
            Assert.Equal(200, (await client.ReadMessageAsync()).Status);
            Assert.True(await ended.WaitAsync(Forwarding.ProxyUnderTest.Patience));
        }
    }
}
