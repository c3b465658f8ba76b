using System.Net;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>The content of a response whose body is encoded as it is read, once.</summary>
internal sealed class CompressedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly CompressingStream? _body;

    /// <param name="inner">The content as it came; disposed with this one. Its fields are copied.</param>
    /// <param name="body">The body; <see langword="null"/>: the answer to HEAD, which has none.</param>
    public CompressedContent(HttpContent inner, CompressingStream? body)
    {
        (_inner, _body) = (inner, body);
        foreach (var (name, values) in inner.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _body ?? (Stream)EmptyBodyStream.Instance;

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(CreateContentReadStream(CancellationToken.None));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _body is null ? Task.CompletedTask : _body.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body?.Dispose();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
