using System.Net;

namespace Net2Secure.Routing.Proxying;

/// <summary>The content of a response: its fields, and its body as a stream that is there at once.</summary>
internal sealed class Http1ResponseContent : HttpContent
{
    private Stream? _body;

    /// <summary>The length that the head announced; <see langword="null"/> where it named none that holds.</summary>
    public long? KnownLength { get; set; }

    /// <summary>The body, once.</summary>
    public void Attach(Stream body) => _body = body;

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _body ?? EmptyBodyStream.Instance;

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(_body ?? EmptyBodyStream.Instance);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _body is null ? Task.CompletedTask : _body.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        // Never: what is computed is put into the fields, where a response without a length must not get one.
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _body?.Dispose();
        base.Dispose(disposing);
    }
}
