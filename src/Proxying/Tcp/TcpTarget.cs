using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Pipeline;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>The way of connections to a cluster: through the same handlers as requests, so that the same policies, limits, retries and observers see them.</summary>
/// <remarks>
/// To them a connection is a <c>CONNECT</c> without a body that is answered once a destination has accepted: an attempt that fails has sent nothing and goes to another destination, as
/// the cluster's <c>Resilience</c> says. It counts as in flight until it ends.
/// </remarks>
#pragma warning disable CA1001 // The invoker is not disposed: the handlers hold nothing, and connections may still be on their way through them.
internal sealed class TcpTarget
#pragma warning restore CA1001
{
    private readonly HttpMessageInvoker _invoker;

    public TcpTarget(ClusterReference cluster, Connector connector)
    {
        ClusterId = cluster.ClusterId;
        DelegatingHandler[] order =
        [
            // What keeps clients by their address keeps their connections.
            new AffinityHandler(cluster),
            .. AttemptPipeline.CreateForConnections(cluster),
        ];
        _invoker = new HttpMessageInvoker(ClusterPipeline.Link(order, new TcpConnectHandler(connector)), disposeHandler: false);
    }

    public string ClusterId { get; }

    /// <summary>Connects to a destination of the cluster.</summary>
    /// <param name="client">Where the client is, for policies.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">No destination could be connected to.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, or time was up.</exception>
    public async Task<TcpUpstream> ConnectAsync(IPAddress? client, CancellationToken cancellationToken)
    {
        var request = new RoutedRequestMessage { Method = HttpMethod.Connect, ClientAddress = client };
        try
        {
            var response = await _invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return new(request, response, ((ConnectedContent)response.Content).Socket);
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}

/// <summary>A connection to a destination, counted in flight there until it is disposed.</summary>
internal sealed class TcpUpstream(RoutedRequestMessage request, HttpResponseMessage response, Socket socket) : IDisposable
{
    public Socket Socket => socket;

    public string DestinationId => request.Destination?.Id ?? "";

    public void Dispose()
    {
        response.Dispose();
        request.Dispose();
    }
}
