using System.Net.Sockets;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>What one side does not take, the other cannot pile up: in the proxy, a few MiB at most lie between a fast sender and a reader that has stopped.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class BackpressureTests
{
    private const int Block = 64 * 1024;

    // Buffers of the system's sockets included, of which there are four on the way.
    private const long MostAccepted = 16L << 20;

    // What the process as a whole has more of than before, pools that have grown on the way included.
    private const long MostHeld = 8L << 20;

    [Theory]
    [InlineData("Content-Length: 1000000000\r\n")]
    [InlineData("")]
    public async Task Response_ThatTheClientDoesNotRead_StopsTheOrigin(string framing)
    {
        var stalled = new TaskCompletionSource<long>();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\n{framing}\r\n");
            stalled.SetResult(await SendUntilStalledAsync(connection.Socket));
            await connection.WaitForEndAsync();
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var client = await wire.ConnectAsync(receiveBuffer: Block);
        await client.SendAsync(Get());

        var accepted = await stalled.Task.WaitAsync(ProxyUnderTest.Patience);

        Assert.InRange(accepted, Block, MostAccepted);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostHeld);
    }

    [Fact]
    public async Task Request_ThatTheOriginDoesNotRead_StopsTheClient()
    {
        var asked = new TaskCompletionSource();
        var over = new TaskCompletionSource();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            asked.SetResult();
            await over.Task;
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post("Content-Length: 1000000000\r\n"));
        await asked.Task.WaitAsync(ProxyUnderTest.Patience);

        var accepted = await SendUntilStalledAsync(client.Socket);

        Assert.InRange(accepted, Block, MostAccepted);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostHeld);
        over.SetResult();
    }

    /// <summary>Sends until a send waits for half a second.</summary>
    /// <returns>How many bytes were taken.</returns>
    private static async Task<long> SendUntilStalledAsync(Socket socket)
    {
        var block = new byte[Block];
        var sent = 0L;
        while (true)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            try
            {
                sent += await socket.SendAsync(block, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return sent;
            }
        }
    }
}
