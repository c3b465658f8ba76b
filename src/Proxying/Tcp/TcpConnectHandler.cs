namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Stands at the bottom of the handlers in the place of what sends requests: connects to the destination that was picked.</summary>
internal sealed class TcpConnectHandler(Connector connector) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Of a destination's address host and port count; TLS is the client's own.
        var endpoint = EndpointKey.Of(request.RequestUri!) with { IsTls = false };
        var socket = (await connector.ConnectAsync(endpoint, proxy: null, cancellationToken).ConfigureAwait(false)).Socket;
        return new HttpResponseMessage { RequestMessage = request, Content = new ConnectedContent(socket!) };
    }
}
