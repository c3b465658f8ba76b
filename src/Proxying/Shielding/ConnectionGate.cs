using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Connection middleware in front of everything else of an endpoint: reads the PROXY protocol, and closes connections that cannot come to anything.</summary>
internal sealed class ConnectionGate(Shield shield, AddressConnections connections, TimeProvider time, ILogger logger)
{
    /// <summary>Runs one connection.</summary>
    public Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var state = shield.Current;
        return state.LooksAtConnections ? RunAsync(connection, state, next) : next(connection);
    }

    private async Task RunAsync(ConnectionContext connection, ShieldState state, ConnectionDelegate next)
    {
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var isTrusted = state.Trusts(peer);
        if (isTrusted && state.ProxyProtocol != ProxyProtocolMode.Off)
        {
            var read = await ProxyHeaderReader.ReadAsync(connection.Transport.Input, state.ProxyProtocol == ProxyProtocolMode.Required, time, connection.ConnectionClosed).ConfigureAwait(false);
            if (read.Problem is { } problem)
            {
                ShieldingLog.ProxyHeaderRefused(logger, connection.ConnectionId, peer, problem);
                connection.Abort();
                return;
            }

            if (read.Header is { Source: { } source, Destination: { } destination })
            {
                (connection.RemoteEndPoint, connection.LocalEndPoint) = (source, destination);
                (peer, isTrusted) = (source.Address, false);
            }
        }

        // Behind a trusted proxy there are many clients, and only their requests say which.
        if (isTrusted || peer is null)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        if (!state.Admits(peer))
        {
            ShieldingLog.ConnectionDenied(logger, connection.ConnectionId, peer);
            connection.Abort();
            return;
        }

        await CountAsync(connection, peer, state, next).ConfigureAwait(false);
    }

    private async Task CountAsync(ConnectionContext connection, IPAddress peer, ShieldState state, ConnectionDelegate next)
    {
        if (state.MaxConnectionsPerAddress is not { } most)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        if (!connections.TryAdd(peer, most))
        {
            ShieldingLog.TooManyConnections(logger, connection.ConnectionId, peer, most);
            connection.Abort();
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connections.Remove(peer);
        }
    }
}
