using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Carries a connection through the handlers, and closes it with the answer that it belongs to.</summary>
internal sealed class ConnectedContent(Socket socket) : HttpContent
{
    public Socket Socket => socket;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("A connection has no content.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) socket.Dispose();
        base.Dispose(disposing);
    }
}
