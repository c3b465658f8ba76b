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

    private IPEndPoint? _local;

    /// <summary>The name of the port.</summary>
    public string Port => route.Name;

    /// <summary>Where the client is, as far as it is known.</summary>
    public IPEndPoint? Remote { get; private set; }

    /// <summary>The name asked for in the handshake, where that was read.</summary>
    public string? ServerName { get; private set; }

    public string? ClusterId { get; private set; }

    public string? DestinationId { get; private set; }

    /// <summary>Bytes that came from the client for the destination.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes that went to the client.</summary>
    public long Sent { get; private set; }

    /// <summary>Why it ended; <see langword="null"/>: both sides had finished.</summary>
    public TcpEnding? Ending { get; private set; }

    /// <summary>Runs it. Never fails for a reason that lies in the client or the destination.</summary>
    /// <param name="isFull">Whether the port has as many connections as it may, so that this one is refused.</param>
    /// <param name="stopping">Ends it, whatever it is doing.</param>
    public async Task RunAsync(bool isFull, CancellationToken stopping)
    {
        using var prelude = new TcpPrelude(client);
        IPAddress? counted = null;
        try
        {
            client.NoDelay = true;
            (Remote, _local) = (client.RemoteEndPoint as IPEndPoint, client.LocalEndPoint as IPEndPoint);
            if (isFull)
            {
                End(TcpEnding.PortFull);
                return;
            }

            var state = shield.Current;
            if (await AdmitAsync(prelude, state, stopping).ConfigureAwait(false) is { } refusal)
            {
                End(refusal);
                return;
            }

            if (state.MaxConnectionsPerAddress is { } most && Remote is not null && !state.Trusts(Remote.Address))
            {
                if (!connections.TryAdd(Remote.Address, most))
                {
                    End(TcpEnding.AddressFull);
                    return;
                }

                counted = Remote.Address;
            }

            if (await FindTargetAsync(prelude, stopping).ConfigureAwait(false) is { } target) await PassAsync(prelude, target, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            End(stopping.IsCancellationRequested ? TcpEnding.HostStops : e is OperationCanceledException ? TcpEnding.HelloTimeout : TcpEnding.Left);
        }
        finally
        {
            if (counted is not null) connections.Remove(counted);
        }
    }

    /// <summary>Says that it ended by an error of the proxy's own.</summary>
    public void Fail() => Ending = TcpEnding.Failed;

    private void End(TcpEnding ending)
    {
        Ending = ending;
        TcpLog.Refused(logger, route.Name, Remote, ending.Text);
    }

    /// <returns>Why the connection cannot go on; <see langword="null"/> if it can.</returns>
    private async ValueTask<TcpEnding?> AdmitAsync(TcpPrelude prelude, ShieldState state, CancellationToken stopping)
    {
        if (state.ProxyProtocol != ProxyProtocolMode.Off && state.Trusts(Remote?.Address))
        {
            using var limit = new CancellationTokenSource(ProxyHeaderReader.Timeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
            var read = await prelude.ReadProxyHeaderAsync(state.ProxyProtocol == ProxyProtocolMode.Required, linked.Token).ConfigureAwait(false);
            if (read.Problem is { } problem) return TcpEnding.ProxyHeader(problem);
            if (read.Header is { Source: { } source, Destination: { } destination }) (Remote, _local) = (source, destination);
        }

        return state.Admits(Remote?.Address) && route.Networks?.Admits(Remote?.Address) != false ? null : TcpEnding.NetworkDenied;
    }

    private async ValueTask<TcpTarget?> FindTargetAsync(TcpPrelude prelude, CancellationToken stopping)
    {
        if (!route.ReadsHello) return route.Find(null);
        using var limit = new CancellationTokenSource(route.HelloTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        (var isTls, ServerName) = await prelude.ReadHelloAsync(linked.Token).ConfigureAwait(false);
        if (!isTls)
        {
            End(TcpEnding.NotTls);
            return null;
        }

        if (route.Find(ServerName) is { } target) return target;
        End(TcpEnding.NameUnknown);
        await client.SendAsync(UnrecognizedName, linked.Token).ConfigureAwait(false);
        return null;
    }

    private async Task PassAsync(TcpPrelude prelude, TcpTarget target, CancellationToken stopping)
    {
        ClusterId = target.ClusterId;
        TcpUpstream upstream;
        try
        {
            upstream = await target.ConnectAsync(Remote?.Address, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or NoDestinationException || (e is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            Ending = TcpEnding.NotConnected(e);
            TcpLog.NotConnected(logger, route.Name, target.ClusterId, e.Message);
            // A reset says that nobody was there, as it would without a proxy between.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            return;
        }

        using (upstream)
        {
            DestinationId = upstream.DestinationId;
            var first = prelude.Rest;
            if (route.SendProxyProtocol != ProxyProtocolVersion.None)
            {
                byte[] told = [.. ProxyHeaderWriter.Write(route.SendProxyProtocol, Remote, _local), .. first.Span];
                first = told;
            }

            using var passage = new TcpPassage(client, upstream.Socket, route.IdleTimeout, time, stopping);
            await passage.RunAsync(first).ConfigureAwait(false);
            (Received, Sent) = (prelude.Rest.Length + passage.Received, passage.Sent);
            if (passage.WasIdle) End(TcpEnding.Idle);
            else if (passage.HasFailed) End(stopping.IsCancellationRequested ? TcpEnding.Stopped : TcpEnding.Terminated);
        }
    }
}
