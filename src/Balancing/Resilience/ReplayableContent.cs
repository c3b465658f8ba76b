using System.Buffers;
using System.Net;

namespace Net2Secure.Routing.Balancing;

/// <summary>A content that can be sent once, made one that can be sent again as long as it is small: what goes out is kept on the way.</summary>
/// <remarks>
/// The bytes of a <see cref="StreamContent"/> are pulled, so that another attempt goes on where a failed one stopped. Any other content pushes its own, and has to have come to its
/// end before it can be sent again. Not disposed: it belongs to no one but the request it stands in for a while.
/// </remarks>
internal sealed class ReplayableContent : HttpContent, IReplayableBody
{
    private const int ReadSize = 16 * 1024;

    private readonly HttpContent _inner;
    private readonly ReplayBuffer _kept;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private bool _hasBegun;
    private bool _isWhole;
    private bool _isHeld;

    public ReplayableContent(HttpContent inner, int maxBytes)
    {
        _inner = inner;
        _kept = new ReplayBuffer(maxBytes);
        foreach (var (name, values) in inner.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>The content itself.</summary>
    public HttpContent Inner => _inner;

    /// <inheritdoc/>
    public bool CanBeSent => !_hasBegun || (_kept.HoldsAll && (_isWhole || IsPulled));

    private bool IsPulled => _inner.GetType() == typeof(StreamContent);

    /// <inheritdoc/>
    public void Keep(int maxBytes)
    {
        // It was made to.
    }

    /// <inheritdoc/>
    public void StopKeeping()
    {
        if (!_isHeld) _kept.Release();
    }

    /// <inheritdoc/>
    public void Hold(int maxBytes) => _isHeld = true;

    /// <inheritdoc/>
    public void LetGo() => _kept.Release();

    /// <inheritdoc/>
    public HttpContent? TryCopy()
    {
        if (!_isWhole || _kept.ToArray() is not { } all) return null;
        var copy = new ByteArrayContent(all);
        foreach (var (name, values) in Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength ?? 0;
        return _inner.Headers.ContentLength is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!CanBeSent) throw new InvalidOperationException("The body of this request cannot be sent again: not all of it is kept.");
            if (_hasBegun) await _kept.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
            _hasBegun = true;
            if (_isWhole) return;
            if (IsPulled) await PullAsync(stream, cancellationToken).ConfigureAwait(false);
            else await _inner.CopyToAsync(new KeepingStream(stream, _kept), context, cancellationToken).ConfigureAwait(false);
            _isWhole = true;
        }
        finally
        {
            _sending.Release();
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Nothing waits here but for a sending of the same thread's, which has ended.
        if (!CanBeSent) throw new InvalidOperationException("The body of this request cannot be sent again: not all of it is kept.");
        if (_hasBegun && _kept.ToArray() is { } kept) stream.Write(kept);
        _hasBegun = true;
        if (_isWhole) return;
        if (IsPulled) Pull(stream, cancellationToken);
        else _inner.CopyTo(new KeepingStream(stream, _kept), context, cancellationToken);
        _isWhole = true;
    }

    private async Task PullAsync(Stream target, CancellationToken cancellationToken)
    {
        var source = await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                _kept.Append(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Pull(Stream target, CancellationToken cancellationToken)
    {
        var source = _inner.ReadAsStream(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            int read;
            while ((read = source.Read(buffer)) > 0)
            {
                _kept.Append(buffer.AsSpan(0, read));
                target.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
