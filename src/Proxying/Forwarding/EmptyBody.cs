using System.Net;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>A body of no bytes: <c>Content-Length: 0</c> on the wire.</summary>
internal class EmptyBody : HttpContent
{
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;
}
