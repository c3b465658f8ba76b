using System.Diagnostics;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary><c>Expect: 100-continue</c> and interim answers (RFC 9110 §10.1.1, §15.2).</summary>
public sealed class ExpectTests
{
    private const string Expecting = "Expect: 100-continue\r\nContent-Length: 2\r\n";

    [Fact]
    public async Task Expectation_ThatTheOriginMeets_LetsTheBodyThrough()
    {
        await using var wire = await StartAsync(async connection =>
        {
            Assert.Contains("\r\nExpect: 100-continue\r\n", await connection.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal("", connection.Unread);
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            Assert.Equal("hi", await connection.ReadAsync(2));
            await connection.SendAsync(Answers.Hi);
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post(Expecting));

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("hi");

        Assert.Equal("hi", (await client.ReadMessageAsync()).Body);
    }

    [Fact]
    public async Task Expectation_ThatTheOriginIgnores_IsMetByTheProxyInASecond()
    {
        await using var wire = await AnsweringAsync(Answers.Hi);
        var client = await wire.ConnectAsync();
        var started = Stopwatch.GetTimestamp();
        await client.SendAsync(Post(Expecting));

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 5);
        await client.SendAsync("hi");

        Assert.Equal("hi", (await client.ReadMessageAsync()).Body);
    }

    [Fact]
    public async Task Expectation_AnsweredWhileTheBodyIsAskedFor_NeverHasA100BehindItsHead()
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
            await connection.WaitForEndAsync();
        });

        // The answer and the 100 for the body that it lets through race: many tries, several at a time.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 60; i++)
            {
                var client = await wire.ConnectAsync();
                await client.SendAsync(Post(Expecting));
                var response = await client.ReadMessageAsync();
                if (response.Status == 100) response = await client.ReadMessageAsync();
                Assert.Equal("HTTP/1.1 200 OK", response.StartLine);
                Assert.Equal("hi", response.Body);
                client.Dispose();
            }
        }));
    }

    [Theory]
    [InlineData("417 Expectation Failed")]
    [InlineData("401 Unauthorized")]
    [InlineData("200 OK")]
    public async Task Expectation_AnsweredFinally_PassesWithoutA100(string status)
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nhi");
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post(Expecting));

        var response = await client.ReadMessageAsync();

        if (response.Status == 100) response = await client.ReadMessageAsync();
        Assert.Equal("HTTP/1.1 " + status, response.StartLine);
        Assert.Equal("hi", response.Body);
        await wire.Origin[0].Ended.WaitAsync(ProxyUnderTest.Patience);
    }

    [Theory]
    [InlineData("Expect: something-else\r\n")]
    [InlineData("Expect: 100-continue, something-else\r\n")]
    public async Task Expectation_ThatNobodyKnows_IsRefusedOrIgnored(string fields)
    {
        var (_, response) = await ExchangeAsync(Get(fields), Answers.Hi);

        Assert.Contains(response.Status, (int[])[200, 417]);
    }

    [Theory]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.css>\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.css>\r\n\r\n")]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nConnection: X-Gone\r\nX-Gone: 1\r\nX-Stays: \u00E4\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nX-Stays: \u00E4\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nUpgrade: x\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "")]
    public async Task Interim_ReachesTheClientBeforeTheAnswerIsSent(string interim, string expected)
    {
        var next = new TaskCompletionSource();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(interim);
            await next.Task;
            await connection.SendAsync(Answers.Hi);
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());

        if (expected.Length > 0) Assert.Equal(expected, await client.ReadHeadAsync());
        next.SetResult();

        var response = await client.ReadMessageAsync();
        Assert.Equal("HTTP/1.1 200 OK", response.StartLine);
        Assert.Equal("hi", response.Body);
    }

    [Fact]
    public async Task Interims_InPipelinedRequests_StandBeforeTheirOwnAnswers()
    {
        await using var wire = await StartAsync(async connection =>
        {
            while (true)
            {
                var target = (await connection.ReadMessageAsync()).StartLine.Split(' ')[1];
                await connection.SendAsync($"HTTP/1.1 103 Early Hints\r\nLink: <{target}>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{target}");
            }
        });
        var client = await wire.ConnectAsync();

        await client.SendAsync(Get(target: "/1") + Get(target: "/2") + Get(target: "/3"));

        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal($"HTTP/1.1 103 Early Hints\r\nLink: </{i}>\r\n\r\n", await client.ReadHeadAsync());
            Assert.Equal($"/{i}", (await client.ReadMessageAsync()).Body);
        }
    }

    [Fact]
    public async Task Interims_WithoutEnd_AreCutWith502()
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            try
            {
                while (true) await connection.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Cut, as it should be.
            }
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());

        var interims = 0;
        RawMessage response;
        while ((response = await client.ReadMessageAsync()).Status == 103) interims++;

        Assert.Equal(502, response.Status);
        Assert.InRange(interims, 0, 100);
    }

    [Theory]
    [InlineData("", "websocket")]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\n", "h2c")]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\n", "web")]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\n", "h2c")]
    [InlineData("Upgrade: websocket\r\n", "websocket")]
    public async Task Switch_ThatWasNotAskedFor_Is502AndNoTunnel(string asked, string chosen)
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {chosen}\r\n\r\nraw bytes");
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get(asked));

        var response = await client.ReadMessageAsync();

        Assert.Equal(502, response.Status);
        Assert.DoesNotContain("raw bytes", client.Unread, StringComparison.Ordinal);
        await wire.Origin[0].Ended.WaitAsync(ProxyUnderTest.Patience);
    }
}
