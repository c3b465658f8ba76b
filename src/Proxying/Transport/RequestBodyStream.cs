using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Net2Secure.Routing.Proxying;

/// <summary>What a request body is written to: frames it and sends it.</summary>
/// <remarks>
/// As long as the content writes without waiting, bytes are collected behind the head, so that a small request leaves in one send. As soon as the content has to wait
/// (<see cref="StopWaiting"/>), asks for a flush or writes more than fits, all is sent, and from then on every write is sent at once.
/// One write at a time, as with any stream; <see cref="StopWaiting"/> may come beside it, which is what the lock is for.
/// </remarks>
internal sealed class RequestBodyStream : Stream
{
    private const int LargestCopy = 64 * 1024;

    private readonly Http1Connection _connection;
    private readonly Lock _lock = new();
    private readonly bool _isChunked;
    private long _remaining;
    private SendBuffer _buffer;
    private bool _isStreaming;
    private bool _isWriting;
    private Task? _flushing;

    /// <summary>Takes over the bytes of the head, which go first.</summary>
    public RequestBodyStream(Http1Connection connection, ref RequestHead head)
    {
        _connection = connection;
        _isChunked = head.IsChunked;
        _remaining = head.ContentLength;
        _buffer = head.Bytes;
        head.Bytes = default;
    }

    /// <summary>All of the request has been sent: nothing more must be.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The content tried to write more than the length it had declared.</summary>
    public bool IsOverrun { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return default;
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        Task? flushing;
        lock (_lock)
        {
            if (!_isChunked)
            {
                if (buffer.Length > _remaining)
                {
                    IsOverrun = true;
                    return ValueTask.FromException(new HttpRequestException("The content is longer than the Content-Length it has declared."));
                }

                _remaining -= buffer.Length;
            }
            else if (IsComplete) return ValueTask.FromException(new HttpRequestException("The content was written to after its end."));

            // Room for the framing and the last chunk.
            if (!_isStreaming && buffer.Length + 32 <= _buffer.Free)
            {
                Frame(buffer.Span);
                return default;
            }

            _isStreaming = _isWriting = true;
            flushing = _flushing;
            _flushing = null;
        }

        return SendAsync(buffer, flushing);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        StopWaiting();
        lock (_lock) return _flushing ?? Task.CompletedTask;
    }

    /// <summary>Sends what is there and lets every later write be sent at once.</summary>
    public void StopWaiting()
    {
        lock (_lock)
        {
            if (_isStreaming) return;
            _isStreaming = true;
            if (_buffer.Length > 0 && !_isWriting) _flushing = FlushBufferAsync();
        }
    }

    /// <summary>The content has been written: sends what is left, and the end of the body.</summary>
    /// <param name="getTrailers">Gives the trailer fields.</param>
    public async ValueTask CompleteAsync(Func<HttpHeaders?>? getTrailers)
    {
        if (_flushing is { } flushing) await flushing.ConfigureAwait(false);
        if (IsComplete) return;
        if (_isChunked) RequestHeadWriter.WriteEndOfChunks(getTrailers?.Invoke(), ref _buffer);
        else if (_remaining > 0) throw new HttpRequestException("The content is shorter than the Content-Length it has declared.");
        if (_buffer.Length > 0) await FlushBufferAsync().ConfigureAwait(false);
        End();
    }

    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask SendAsync(ReadOnlyMemory<byte> data, Task? flushing)
    {
        if (flushing is not null) await flushing.ConfigureAwait(false);
        if (_isChunked)
        {
            while (data.Length > LargestCopy)
            {
                Frame(data.Span[..LargestCopy]);
                data = data[LargestCopy..];
                await FlushBufferAsync().ConfigureAwait(false);
            }

            Frame(data.Span);
            await FlushBufferAsync().ConfigureAwait(false);
        }
        else
        {
            // The head leaves with as much of the body as fits beside it; the rest is sent from where it is.
            if (_buffer.Length > 0)
            {
                var beside = Math.Min(_buffer.Free, data.Length);
                _buffer.Append(data.Span[..beside]);
                data = data[beside..];
                await FlushBufferAsync().ConfigureAwait(false);
            }

            if (!data.IsEmpty) await SendAsync(data).ConfigureAwait(false);
            if (_remaining == 0) End();
        }

        lock (_lock) _isWriting = false;
    }

    private void Frame(ReadOnlySpan<byte> data)
    {
        if (!_isChunked)
        {
            _buffer.Append(data);
            return;
        }

        _buffer.AppendChunkSize(data.Length);
        _buffer.Append(data);
        _buffer.Append("\r\n"u8);
    }

    private async Task FlushBufferAsync()
    {
        await SendAsync(_buffer.Memory).ConfigureAwait(false);
        _buffer.Clear();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            await _connection.SendAsync(data).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            _connection.NoteWriteFailure(e);
            throw new IOException("The destination takes no more of the request body.", e);
        }
    }

    private void End()
    {
        if (IsComplete) return;
        IsComplete = true;
        _buffer.Return();
        _connection.EndUpload();
    }
}
