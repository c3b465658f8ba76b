using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Polling;

/// <summary>A connection over loopback: a plain socket at one end, a polled one at the other.</summary>
internal sealed class SocketPair : IDisposable
{
    private SocketPair(Socket far, PolledSocket near)
    {
        Far = far;
        Near = near;
    }

    public Socket Far { get; }

    public PolledSocket Near { get; }

    public static async Task<SocketPair> CreateAsync()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen(1);
        var near = await SocketPollers.Shared!.ConnectAsync((IPEndPoint)listening.LocalEndPoint!, TestContext.Current.CancellationToken).WaitAsync(TestBounds.Wait, TestContext.Current.CancellationToken);
        var far = await listening.AcceptAsync(TestContext.Current.CancellationToken);
        far.NoDelay = true;
        return new SocketPair(far, near);
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }
}
