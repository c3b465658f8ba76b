using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>The server's sockets, watched by pollers of our own. Unix sockets and inherited ones are left to the server.</summary>
internal sealed class PolledTransport(SocketPollers pollers, IOptions<SocketTransportOptions> options, IMemoryPoolFactory<byte> memory, TimeProvider time, ILoggerFactory logging)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _others = new(options, logging);

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint || _others.CanBind(endpoint);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not IPEndPoint) return _others.BindAsync(endpoint, cancellationToken);
        Socket listening;
        try
        {
            listening = options.Value.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }

        listening.Listen(options.Value.Backlog);
        return new ValueTask<IConnectionListener>(new PolledListener(listening, options.Value, pollers, memory.Create(), time));
    }
}
