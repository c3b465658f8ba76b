using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>A port that is listened on, and its connections.</summary>
#pragma warning disable CA1001 // The token sources are not disposed: they hold no timer and no handle, and connections may ask for a token at any time.
internal sealed class TcpPort
#pragma warning restore CA1001
{
    private const int Backlog = 512;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly Shield _shield;
    private readonly AddressConnections _connections;
    private readonly TcpTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpRoute _route;
    private int _isClosed;
    // The port itself counts as one until it is closed, so that it is drained once only.
    private int _open = 1;

    /// <exception cref="SocketException">It cannot be listened on.</exception>
    public TcpPort(IPEndPoint endpoint, TcpRoute route, Shield shield, AddressConnections connections, TcpTelemetry telemetry, TimeProvider time, ILogger logger)
    {
        (_route, _shield, _connections, _telemetry, _time, _logger) = (route, shield, connections, telemetry, time, logger);
        _listener = Listen(endpoint);
        LocalEndPoint = (IPEndPoint)_listener.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>The name of the port, as it is called now.</summary>
    public string Name => Volatile.Read(ref _route).Name;

    /// <summary>What has gone through it.</summary>
    public TcpTally Tally { get; } = new();

    /// <summary>Connections at present.</summary>
    public int OpenCount => Math.Max(0, Volatile.Read(ref _open) - 1);

    /// <summary>What becomes of connections that come from now on.</summary>
    public void Use(TcpRoute route) => Volatile.Write(ref _route, route);

    public void Start()
    {
        TcpLog.Listening(_logger, _route.Name, LocalEndPoint);
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(AcceptAsync);
    }

    /// <summary>Takes no more connections; those that there are go on. When it returns, somebody else can listen there.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        _closing.Cancel();
        _listener.Dispose();
        TcpLog.Closed(_logger, _route.Name, LocalEndPoint);
        Leave();
    }

    /// <summary>Waits for the connections to end, and ends them when it is told to hurry.</summary>
    public async Task DrainAsync(CancellationToken hurry)
    {
        var hurrying = hurry.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _aborting);
        await using (hurrying.ConfigureAwait(false)) await _drained.Task.ConfigureAwait(false);
    }

    private static Socket Listen(IPEndPoint endpoint)
    {
        var everywhere = endpoint.Address.Equals(IPAddress.IPv6Any);
        if (everywhere && !Socket.OSSupportsIPv6) endpoint = new(IPAddress.Any, endpoint.Port);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                _ = ServeAsync(client, Volatile.Read(ref _route));
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                await PauseAsync(e).ConfigureAwait(false);
            }
        }
    }

    // Out of sockets, say: some will end.
    private async Task PauseAsync(Exception reason)
    {
        TcpLog.AcceptFailed(_logger, _route.Name, reason.Message);
        try
        {
            await Task.Delay(AfterFailure, _time, _closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It is closed.
        }
    }

    private async Task ServeAsync(Socket client, TcpRoute route)
    {
        using (client)
        {
            var isFull = Interlocked.Increment(ref _open) - 1 > route.MaxConnections;
            var session = new TcpSession(route, client, _shield, _connections, _time, _logger);
            Tally.Begin();
            var watch = _telemetry.Begin(route.Name);
            try
            {
                // Off the loop that accepts: what follows may run for a while before it waits for anything.
                await Task.Yield();
                await session.RunAsync(isFull, _aborting.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                session.Fail();
                TcpLog.Failed(_logger, route.Name, e);
            }
            finally
            {
                Tally.End(session);
                _telemetry.End(watch, session);
                Leave();
            }
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0) _drained.TrySetResult();
    }
}
