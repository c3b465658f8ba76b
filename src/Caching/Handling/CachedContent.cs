using System.Net;

namespace Net2Secure.Routing.Caching;

/// <summary>A body out of the store, or on its way there.</summary>
/// <param name="stream">The body; disposed with this.</param>
/// <param name="length">Its length; -1: not known.</param>
internal sealed class CachedContent(Stream stream, long length) : HttpContent
{
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => stream;

    protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => stream.CopyToAsync(target);

    protected override Task SerializeToStreamAsync(Stream target, TransportContext? context, CancellationToken cancellationToken) => stream.CopyToAsync(target, cancellationToken);

    protected override void SerializeToStream(Stream target, TransportContext? context, CancellationToken cancellationToken) => stream.CopyTo(target);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return length >= 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }
}
