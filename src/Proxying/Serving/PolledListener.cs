using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>Accepts clients at one endpoint.</summary>
internal sealed class PolledListener(Socket listening, SocketTransportOptions options, SocketPollers pollers, MemoryPool<byte> memory, TimeProvider time) : IConnectionListener
{
    // Until somebody has closed something.
    private static readonly TimeSpan PauseWhenExhausted = TimeSpan.FromMilliseconds(100);

    public EndPoint EndPoint { get; } = listening.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await listening.AcceptAsync(cancellationToken).ConfigureAwait(false);
                if (Open(socket) is { } connection) return connection;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException e)
            {
                // A client that was gone before it was accepted; or no more sockets to be had, which is the same again at once.
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                    await Task.Delay(PauseWhenExhausted, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        listening.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        listening.Dispose();
        memory.Dispose();
        return ValueTask.CompletedTask;
    }

    private PolledConnection? Open(Socket socket)
    {
        try
        {
            socket.NoDelay = options.NoDelay;
            return new PolledConnection(socket, pollers, memory, time);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
            return null;
        }
    }
}
