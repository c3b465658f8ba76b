using System.Net;

namespace Net2Secure.Routing.Caching;

/// <summary>The body of a response that passes, and with it the request that was sent for it in a client's place: let go together.</summary>
internal sealed class PassedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly IDisposable[] _owned;

    public PassedContent(HttpContent inner, params IDisposable[] owned)
    {
        _inner = inner;
        _owned = owned;
        foreach (var (name, values) in inner.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>What it wraps, to be taken out when nothing that it owns has to be let go any more.</summary>
    public HttpContent Inner => _inner;

    protected override Task<Stream> CreateContentReadStreamAsync() => _inner.ReadAsStreamAsync();

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => _inner.ReadAsStreamAsync(cancellationToken);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _inner.ReadAsStream(cancellationToken);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream, context);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => _inner.CopyToAsync(stream, context, cancellationToken);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) => _inner.CopyTo(stream, context, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            foreach (var owned in _owned) owned.Dispose();
        }

        base.Dispose(disposing);
    }
}
