using System.Net;
using System.Net.Sockets;
using System.Text;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.ConsoleHost.Tests.ConsoleHostUnderTest;

namespace Net2Secure.Routing.ConsoleHost.Tests;

public sealed class StoppingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Terminate_RequestInFlight_FinishesWithConnectionCloseAndExits0()
    {
        await using var backend = new GatedServer(open: false);
        await using var host = Start("--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort);
        var address = await host.ListeningAsync();
        using var asking = await AskAsync(address);
        await backend.Asked.WaitAsync(RunningProgram.Patience);
        host.Terminate();
        await host.LineAsync("Application is shutting down");
        await RefusedAsync(address);

        backend.Open();
        var answer = await ReadToEndAsync(asking);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\nok", answer, StringComparison.Ordinal);
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task Terminate_IdleKeepAliveConnection_IsClosedAndExits0()
    {
        await using var backend = new GatedServer();
        await using var host = Start("--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort);
        using var idle = await AskAsync(await host.ListeningAsync());
        var buffer = new byte[4096];
        var answer = "";
        while (!answer.EndsWith("\r\n\r\nok", StringComparison.Ordinal)) answer += Encoding.ASCII.GetString(buffer, 0, await idle.ReceiveAsync(buffer));
        Assert.DoesNotContain("Connection: close", answer, StringComparison.OrdinalIgnoreCase);
        host.Terminate();
        Assert.Equal("", await ReadToEndAsync(idle));
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task Terminate_RequestThatNeverEnds_IsCutAtTheTimeoutAndExits0()
    {
        await using var backend = new GatedServer(open: false);
        await using var host = Start(
            "--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort, "--shutdownTimeoutSeconds", "1");
        using var asking = await AskAsync(await host.ListeningAsync());
        await backend.Asked.WaitAsync(RunningProgram.Patience);
        host.Terminate();
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task Terminate_Twice_DoesNotWait()
    {
        await using var backend = new GatedServer(open: false);
        await using var host = Start(
            "--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort, "--shutdownTimeoutSeconds", "600");
        using var asking = await AskAsync(await host.ListeningAsync());
        await backend.Asked.WaitAsync(RunningProgram.Patience);
        host.Terminate();
        await host.LineAsync("Application is shutting down");
        host.Terminate();
        Assert.Equal(143, await host.ExitAsync());
    }

    private static async Task<Socket> AskAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"u8.ToArray());
        return socket;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(RunningProgram.Patience);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(patience.Token);
    }

    /// <summary>Waits until nobody listens any more.</summary>
    private static async Task RefusedAsync(Uri address)
    {
        using var patience = new CancellationTokenSource(RunningProgram.Patience);
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, address.Port, patience.Token);
                await Task.Delay(20, patience.Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
