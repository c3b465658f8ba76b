using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Serves one connection of a port from its beginning to its end.</summary>
internal sealed class TcpSession(TcpRoute route, Socket client, Shield shield, AddressConnections connections, TimeProvider time, ILogger logger)
{
    // A fatal alert, unrecognized_name (RFC 6066 §3), as a client gets it from a server that does not know the name.
    private static readonly byte[] UnrecognizedName = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70];

    private IPEndPoint? _remote;
    private IPEndPoint? _local;

    /// <summary>Runs it. Never fails for a reason that lies in the client or the destination.</summary>
    /// <param name="stopping">Ends it, whatever it is doing.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var prelude = new TcpPrelude(client);
        IPAddress? counted = null;
        try
        {
            client.NoDelay = true;
            (_remote, _local) = (client.RemoteEndPoint as IPEndPoint, client.LocalEndPoint as IPEndPoint);
            var state = shield.Current;
            if (await AdmitAsync(prelude, state, stopping).ConfigureAwait(false) is { } refusal)
            {
                TcpLog.Refused(logger, route.Name, _remote, refusal);
                return;
            }

            if (state.MaxConnectionsPerAddress is { } most && _remote is not null && !state.Trusts(_remote.Address))
            {
                if (!connections.TryAdd(_remote.Address, most))
                {
                    TcpLog.Refused(logger, route.Name, _remote, "its address has as many open as it may");
                    return;
                }

                counted = _remote.Address;
            }

            if (await FindTargetAsync(prelude, stopping).ConfigureAwait(false) is { } target) await PassAsync(prelude, target, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or too late, or the host stops.
            TcpLog.Refused(logger, route.Name, _remote, stopping.IsCancellationRequested ? "the host stops" : e is OperationCanceledException ? "it took too long to say where it wants to go" : e.Message);
        }
        finally
        {
            if (counted is not null) connections.Remove(counted);
        }
    }

    /// <returns>Why the connection cannot go on; <see langword="null"/> if it can.</returns>
    private async ValueTask<string?> AdmitAsync(TcpPrelude prelude, ShieldState state, CancellationToken stopping)
    {
        if (state.ProxyProtocol != ProxyProtocolMode.Off && state.Trusts(_remote?.Address))
        {
            using var limit = new CancellationTokenSource(ProxyHeaderReader.Timeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
            var read = await prelude.ReadProxyHeaderAsync(state.ProxyProtocol == ProxyProtocolMode.Required, linked.Token).ConfigureAwait(false);
            if (read.Problem is { } problem) return problem;
            if (read.Header is { Source: { } source, Destination: { } destination }) (_remote, _local) = (source, destination);
        }

        return state.Admits(_remote?.Address) && route.Networks?.Admits(_remote?.Address) != false ? null : "its network may not come";
    }

    private async ValueTask<TcpTarget?> FindTargetAsync(TcpPrelude prelude, CancellationToken stopping)
    {
        if (!route.ReadsHello) return route.Find(null);
        using var limit = new CancellationTokenSource(route.HelloTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var (isTls, name) = await prelude.ReadHelloAsync(linked.Token).ConfigureAwait(false);
        if (!isTls)
        {
            TcpLog.Refused(logger, route.Name, _remote, "it does not begin with a TLS handshake");
            return null;
        }

        if (route.Find(name) is { } target) return target;
        TcpLog.Refused(logger, route.Name, _remote, "no cluster is for the name that it asks for");
        await client.SendAsync(UnrecognizedName, linked.Token).ConfigureAwait(false);
        return null;
    }

    private async Task PassAsync(TcpPrelude prelude, TcpTarget target, CancellationToken stopping)
    {
        TcpUpstream upstream;
        try
        {
            upstream = await target.ConnectAsync(_remote?.Address, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or NoDestinationException || (e is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            TcpLog.NotConnected(logger, route.Name, target.ClusterId, e.Message);
            // A reset says that nobody was there, as it would without a proxy between.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            return;
        }

        using (upstream)
        {
            var first = prelude.Rest;
            if (route.SendProxyProtocol != ProxyProtocolVersion.None)
            {
                byte[] told = [.. ProxyHeaderWriter.Write(route.SendProxyProtocol, _remote, _local), .. first.Span];
                first = told;
            }

            using var passage = new TcpPassage(client, upstream.Socket, route.IdleTimeout, time, stopping);
            await passage.RunAsync(first).ConfigureAwait(false);
            if (passage.WasIdle) TcpLog.Refused(logger, route.Name, _remote, "nothing has moved for too long");
        }
    }
}
