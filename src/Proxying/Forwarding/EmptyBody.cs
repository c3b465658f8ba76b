using System.Net;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>A body of no bytes: <c>Content-Length: 0</c> on the wire.</summary>
internal class EmptyBody : HttpContent, IReplayableBody
{
    /// <inheritdoc/>
    public bool CanBeSent => true;

    /// <inheritdoc/>
    public void Keep(int maxBytes)
    {
        // There is nothing to keep.
    }

    /// <inheritdoc/>
    public void StopKeeping()
    {
        // Nothing is kept.
    }

    /// <inheritdoc/>
    public void Hold(int maxBytes)
    {
        // Nothing to hold.
    }

    /// <inheritdoc/>
    public void LetGo()
    {
        // Nothing is held.
    }

    /// <inheritdoc/>
    public HttpContent TryCopy() => this;

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;
}
