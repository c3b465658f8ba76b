using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>The body of a request, decoded as it is read, one block at a time, and only as far as its bounds allow.</summary>
/// <remarks>What goes wrong on the client's side is a <see cref="BadHttpRequestException"/> with the status to answer with. Completing it leaves the body itself alone.</remarks>
internal sealed class DecodedBodyReader : PipeReader, IDisposable
{
    private const int BlockSize = 16 * 1024;

    /// <summary>Decoded bytes up to which any growth is fine: a small body of one repeated letter is no attack.</summary>
    private const int AnyRatio = 64 * 1024;

    /// <summary>A gzip member is no shorter (RFC 1952 §2.3).</summary>
    private const int LeastGzip = 18;

    private readonly PipeReader _source;
    private readonly string _coding;
    private readonly RequestDecompression _bounds;
    private readonly EncodedBodyStream _encoded;
    private readonly Stream _decoder;
    private byte[]? _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _start;
    private int _end;
    private long _decoded;
    private bool _isEnded;

    public DecodedBodyReader(PipeReader source, string coding, RequestDecompression bounds)
    {
        (_source, _coding, _bounds) = (source, coding, bounds);
        _encoded = new EncodedBodyStream(source);
        _decoder = coding switch
        {
            ContentCodingNames.Brotli => new BrotliStream(_encoded, CompressionMode.Decompress),
            ContentCodingNames.Deflate => new ZLibStream(_encoded, CompressionMode.Decompress),
            _ => new GZipStream(_encoded, CompressionMode.Decompress),
        };
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _start < _end || _isEnded ? new ValueTask<ReadResult>(Present()) : DecodeAsync(_block ?? throw new InvalidOperationException("The reader has been completed."));

    public override bool TryRead(out ReadResult result)
    {
        result = Present();
        return _start < _end || _isEnded;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // One of nothing has no array to point into.
        if (consumed.GetObject() is not null) _start = consumed.GetInteger();
    }

    public override void CancelPendingRead() => _source.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _block, null) is not { } block) return;
        // Nobody may take this for the end of the body.
        (_start, _end, _isEnded) = (0, 0, false);
        _decoder.Dispose();
        _encoded.Dispose();
        ArrayPool<byte>.Shared.Return(block);
    }

    public void Dispose() => Complete();

    private ReadResult Present(bool isCanceled = false) =>
        new(_start < _end ? new ReadOnlySequence<byte>(_block!, _start, _end - _start) : ReadOnlySequence<byte>.Empty, isCanceled, _isEnded);

    private async ValueTask<ReadResult> DecodeAsync(byte[] block)
    {
        int read;
        try
        {
            read = await _decoder.ReadAsync(block.AsMemory(0, BlockSize), CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_encoded.WasCancelled)
        {
            // The decoder has not noticed more than a read that brought nothing.
            _encoded.WasCancelled = false;
            return Present(isCanceled: true);
        }
        catch (Exception e) when (_encoded.Failure is null && e is InvalidDataException or InvalidOperationException)
        {
            throw new BadHttpRequestException($"The request body is not {_coding}.", StatusCodes.Status400BadRequest, e);
        }

        if (read == 0) CheckEnd();
        else CheckGrowth(read);
        (_start, _end, _isEnded) = (0, read, read == 0);
        return Present();
    }

    /// <summary>The platform's decoders take the end of the input for the end of the body, wherever it comes.</summary>
    private void CheckEnd()
    {
        var isWhole = _coding == ContentCodingNames.Gzip ? _encoded.Taken >= LeastGzip && _encoded.Tail == unchecked((uint)_decoded) : !_encoded.WasAskedForMore;
        if (!isWhole) throw new BadHttpRequestException($"The request body ends before its {_coding} does.", StatusCodes.Status400BadRequest);
    }

    private void CheckGrowth(int read)
    {
        _decoded += read;
        if (_decoded <= _bounds.MaxSize && (_decoded <= AnyRatio || _decoded / _bounds.MaxRatio <= _encoded.Taken)) return;
        throw new BadHttpRequestException("The request body is larger, decoded, than is allowed.", StatusCodes.Status413PayloadTooLarge);
    }
}
