using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>An origin that says nothing for too long is given up; one that only takes its time is not.</summary>
public sealed class StallTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Begun: 1\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n")]
    public async Task Origin_WithoutAnAnswer_Is504AndItsConnectionEnds(string begun)
    {
        var asked = new TaskCompletionSource();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(begun);
            asked.SetResult();
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());
        await asked.Task.WaitAsync(ProxyUnderTest.Patience);
        if (begun.Contains("103", StringComparison.Ordinal)) await client.ReadHeadAsync();

        _time.Advance(Limit);

        Assert.Equal(504, (await client.ReadMessageAsync()).Status);
        await wire.Origin[0].Ended.WaitAsync(ProxyUnderTest.Patience);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    [InlineData("\r\nhi")]
    public async Task Origin_ThatStopsInTheMiddle_CutsTheAnswer(string begun)
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + begun);
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());
        await client.ReadUntilAsync("hi");

        var ending = client.WaitForEndAsync();
        // The client may have read before the proxy has begun to wait for more.
        do _time.Advance(Limit);
        while (await Task.WhenAny(ending, Task.Delay(10)) != ending);

        Assert.DoesNotContain("\r\n0\r\n", await ending, StringComparison.Ordinal);
        await wire.Origin[0].Ended.WaitAsync(ProxyUnderTest.Patience);
    }

    [Fact]
    public async Task Origin_ThatTricklesWithinTheLimit_IsNotCut()
    {
        var next = new SemaphoreSlim(0);
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
            for (var i = 0; i < 6; i++)
            {
                await connection.SendAsync(((char)('a' + i)).ToString());
                await next.WaitAsync();
            }
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());
        await client.ReadHeadAsync();

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(((char)('a' + i)).ToString(), await client.ReadAsync(1));
            _time.Advance(Limit * 0.9);
            next.Release();
        }
    }

    private Task<WireTest> StartAsync(Func<RawConnection, Task> script) => WireTest.StartAsync(script, proxy: b => b.Services.AddSingleton<TimeProvider>(_time));
}
