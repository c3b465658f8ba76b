using System.Net;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>Bytes of which the client does not know that they are at hand: it takes the response while it sends them.</summary>
internal sealed class DuplexContent(byte[] content) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(content, 0, content.Length);

    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }
}
