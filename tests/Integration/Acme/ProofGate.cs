using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>A port that an authority can be told of before there is a proxy: passes connections on to one, octet by octet, or ends them.</summary>
internal sealed class ProofGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private Uri? _proxy;
    private int _visits;

    public ProofGate()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where connections go; <see langword="null"/> ends them.</summary>
    public Uri? Proxy { get => Volatile.Read(ref _proxy); set => Volatile.Write(ref _proxy, value); }

    /// <summary>Connections that have come.</summary>
    public int Visits => Volatile.Read(ref _visits);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10));
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true) passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient visitor)
    {
        using (visitor)
        {
            Interlocked.Increment(ref _visits);
            if (Proxy is not { } proxy) return;
            try
            {
                using var behind = new TcpClient();
                await behind.ConnectAsync(proxy.Host, proxy.Port, _stop.Token);
                await Task.WhenAll(CopyAsync(visitor, behind), CopyAsync(behind, visitor));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One side has gone; the other one goes with it.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        await from.GetStream().CopyToAsync(to.GetStream(), _stop.Token);
        to.Client.Shutdown(SocketShutdown.Send);
    }
}
