using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>A change of protocol opens a tunnel only where both sides mean it, and the tunnel carries every byte until either side ends it (RFC 9110 §7.8).</summary>
public sealed class UpgradeTests
{
    private const string Asking = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "websocket")]
    [InlineData("GET / HTTP/1.1", "Connection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n", "websocket")]
    [InlineData("GET / HTTP/1.1", "Connection: Upgrade, X-Gone\r\nUpgrade: websocket\r\nX-Gone: 1\r\n", "websocket")]
    [InlineData("GET / HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", null)]
    [InlineData("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: TLS/1.3\r\n", null)]
    [InlineData("GET / HTTP/1.1", "Upgrade: websocket\r\n", null)]
    [InlineData("GET / HTTP/1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n", null)]
    public async Task Upgrade_OnlyToAllowedProtocolsAndFromHttp11_IsPassedOn(string line, string fields, string? passed)
    {
        var (request, response) = await ExchangeAsync($"{line}\r\nHost: {Host}\r\n{fields}\r\n", Answers.Hi);

        Assert.Equal(passed is null ? [] : [passed], request.Values("Upgrade"));
        Assert.Equal(passed is null ? [] : ["Upgrade"], request.Values("Connection"));
        Assert.False(request.Has("HTTP2-Settings"));
        Assert.False(request.Has("X-Gone"));
        Assert.Equal("hi", response.Body);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 403 Forbidden")]
    [InlineData("HTTP/1.1 426 Upgrade Required")]
    public async Task Upgrade_Declined_LeavesHttpInForce(string status)
    {
        await using var wire = await AnsweringAsync($"{status}\r\nContent-Length: 2\r\n\r\nno");
        var client = await wire.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get(Asking));
            var response = await client.ReadMessageAsync();
            Assert.Equal(status, response.StartLine);
            Assert.Equal("no", response.Body);
        }
    }

    [Fact]
    public async Task Tunnel_BytesSentTogetherWithEitherHandshake_Arrive()
    {
        var early = new TaskCompletionSource<string>();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Answers.Switching + "from origin");
            early.SetResult(await connection.ReadAsync(11));
            await connection.SendAsync("more");
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get(Asking) + "from client");

        var head = await client.ReadHeadAsync();

        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nConnection: Upgrade\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("from originmore", await client.ReadAsync(15));
        Assert.Equal("from client", await early.Task);
    }

    [Fact]
    public async Task Tunnel_BehindAPipelinedRequest_Opens()
    {
        await using var wire = await StartAsync(async connection =>
        {
            while ((await connection.ReadHeadAsync()).Contains("Upgrade", StringComparison.Ordinal) is false) await connection.SendAsync(Answers.Hi);
            await connection.SendAsync(Answers.Switching + "tunnel");
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();

        await client.SendAsync(Get() + Get(Asking));

        Assert.Equal("hi", (await client.ReadMessageAsync()).Body);
        Assert.Equal(101, (await client.ReadMessageAsync()).Status);
        Assert.Equal("tunnel", await client.ReadAsync(6));
    }

    [Fact]
    public async Task Tunnel_OfManyBytesBothWays_LosesNone()
    {
        var data = string.Concat(Enumerable.Range(0, 100_000).Select(i => (char)(i % 256)));
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Answers.Switching);
            var sending = connection.SendAsync(data);
            await connection.SendAsync(await connection.ReadAsync(data.Length) == data ? "same" : "other");
            await sending;
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get(Asking));
        await client.ReadHeadAsync();

        var receiving = client.ReadAsync(data.Length + 4);
        await client.SendAsync(data);

        var received = await receiving;
        Assert.Equal(data.Length + 4, received.Length);
        Assert.Contains("same", received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Tunnel_EitherSideEnded_EndsTheOtherWithinTwoSeconds(bool clientEnds, bool byReset)
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Answers.Switching + "x");
            await connection.ReadUntilAsync("y");
            if (clientEnds)
            {
                await connection.WaitForEndAsync();
                return;
            }

            await connection.SendAsync("last words");
            if (byReset) connection.Reset();
            else connection.Dispose();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get(Asking));
        await client.ReadUntilAsync("x");
        var started = Stopwatch.GetTimestamp();
        await client.SendAsync("y");

        if (!clientEnds)
        {
            var text = await client.WaitForEndAsync();
            if (!byReset) Assert.EndsWith("last words", text, StringComparison.Ordinal);
        }
        else
        {
            if (byReset) client.Reset();
            else client.Dispose();
            await wire.Origin[0].Ended.WaitAsync(ProxyUnderTest.Patience);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Tunnel_QuietForLongerThanItsLimit_IsClosedOnBothSides()
    {
        var time = new ManualTimeProvider();
        await using var wire = await StartAsync(
            async connection =>
            {
                await connection.ReadHeadAsync();
                await connection.SendAsync(Answers.Switching);
                while (true) await connection.SendAsync(await connection.ReadAsync(1));
            },
            proxy: b => b.Services.AddSingleton<TimeProvider>(time));
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get(Asking));
        await client.ReadHeadAsync();

        // Within the limit since the last byte each time, beyond it and beyond the limit of a request in all.
        for (var i = 0; i < 4; i++)
        {
            time.Advance(TimeSpan.FromMinutes(45));
            await client.SendAsync("x");
            Assert.Equal("x", await client.ReadAsync(1));
        }

        time.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal("", await client.WaitForEndAsync());
        await wire.Origin[0].Ended.WaitAsync(ProxyUnderTest.Patience);
    }
}
