using System.Buffers;
using System.Runtime.CompilerServices;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>How the end of a response body is found (RFC 9112 §6.3).</summary>
internal enum BodyFraming
{
    /// <summary>By <c>Content-Length</c>.</summary>
    Length,

    /// <summary>By the last chunk.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    UntilClose,
}

/// <summary>The body of a response, read from its connection as it is asked for.</summary>
/// <remarks>
/// Reads hand out what has come already, or else receive right into the caller's memory when that is large enough. A read of zero bytes waits until there is something to read.
/// With the last byte the connection goes back to its pool, before the caller sees that byte. A body that is cut short ends in an exception, never as if it were complete.
/// One read at a time, as with any stream; disposing may come beside a read, and ends it.
/// </remarks>
internal sealed class ResponseBodyStream(Http1Connection connection, BodyFraming framing, long length) : Stream, IResponseBodyProgress
{
    // Below this, receiving more than is asked for spares more than copying costs.
    private const int WorthReceivingInto = 2 * 1024;
    private const int LargestCopy = 64 * 1024;

    private Http1Connection? _connection = connection;
    private long _remaining = framing == BodyFraming.Length ? length : long.MaxValue;
    private Exception? _failure;
    private bool _isReading;

    public bool IsEnded { get; private set; }

    public int TakeBuffered(Span<byte> target)
    {
        if (_connection is not { } open || target.IsEmpty) return 0;
        try
        {
            return TryTake(open, target, out var taken) ? taken : 0;
        }
        catch (Exception e)
        {
            // Malformed framing: the next read reports it.
            Fail(open, e, CancellationToken.None);
            return 0;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_connection is not { } open)
        {
            return IsEnded ? default : ValueTask.FromException<int>(_failure ?? new ObjectDisposedException(nameof(ResponseBodyStream)));
        }

        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        try
        {
            if (TryTake(open, buffer.Span, out var taken)) return new ValueTask<int>(taken);
            return ReceiveAsync(open, buffer, cancellationToken);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(Fail(open, e, cancellationToken));
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (IsEnded) return;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(_remaining, LargestCopy));
        do
        {
            var read = await ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
        while (!IsEnded);

        // Not after a failure: a receive may be left behind that still has the buffer.
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _connection is { } open)
        {
            if (_isReading || !TryDrain(open)) End(open, isEnded: false);
        }

        base.Dispose(disposing);
    }

    /// <summary>Hands out bytes that have come already.</summary>
    /// <returns>Whether the read is over: with bytes, at the end, or because nothing but to know that there are bytes was asked for.</returns>
    private bool TryTake(Http1Connection open, Span<byte> target, out int taken)
    {
        taken = 0;
        if (open.Input.Count == 0) return false;
        if (framing == BodyFraming.Chunked)
        {
            taken = open.Chunks.Decode(open.Input.Unread, target, out var consumed);
            open.Input.Take(consumed);
            if (open.Chunks.IsEnded) End(open, isEnded: true);
            return taken > 0 || IsEnded || (target.IsEmpty && open.Input.Count > 0);
        }

        taken = (int)Math.Min(_remaining, Math.Min(target.Length, open.Input.Count));
        open.Input.Unread[..taken].CopyTo(target);
        open.Input.Take(taken);
        Count(open, taken);
        return true;
    }

    /// <summary>Receives; there is nothing left of what came before.</summary>
    private ValueTask<int> ReceiveAsync(Http1Connection open, Memory<byte> target, CancellationToken cancellationToken)
    {
        while (true)
        {
            var receiving = Receive(open, target, out var isDirect);
            if (!receiving.IsCompletedSuccessfully) return AwaitAsync(open, receiving, isDirect, target, cancellationToken);
            if (TryUse(open, receiving.Result, isDirect, target, out var read)) return new ValueTask<int>(read);
        }
    }

    private ValueTask<int> Receive(Http1Connection open, Memory<byte> target, out bool isDirect)
    {
        isDirect = target.Length >= WorthReceivingInto || target.Length >= _remaining;
        Memory<byte> space;
        if (isDirect)
        {
            open.Input.ReturnIfEmpty();
            space = target;
        }
        else space = open.Input.Prepare();

        // Never beyond the body: what is not received cannot be mistaken for anything.
        return open.ReceiveAsync(space.Length > _remaining ? space[..(int)_remaining] : space);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitAsync(Http1Connection open, ValueTask<int> receiving, bool isDirect, Memory<byte> target, CancellationToken cancellationToken)
    {
        var registration = default(CancellationTokenRegistration);
        _isReading = true;
        try
        {
            while (true)
            {
                if (cancellationToken.CanBeCanceled)
                    registration = cancellationToken.UnsafeRegister(static (self, token) => ((Http1Connection)self!).Abort(new OperationCanceledException(token)), open);
                var received = await receiving.ConfigureAwait(false);
                // Before the connection can go back to its pool.
                if (cancellationToken.CanBeCanceled && !registration.Unregister()) throw new OperationCanceledException(cancellationToken);
                if (TryUse(open, received, isDirect, target, out var read)) return read;
                receiving = Receive(open, target, out isDirect);
            }
        }
        catch (Exception e)
        {
            registration.Unregister();
            throw Fail(open, e, cancellationToken);
        }
        finally
        {
            _isReading = false;
        }
    }

    /// <summary>Accounts for received bytes.</summary>
    /// <returns>Whether the read is over.</returns>
    private bool TryUse(Http1Connection open, int received, bool isDirect, Memory<byte> target, out int read)
    {
        read = 0;
        if (received == 0)
        {
            if (framing != BodyFraming.UntilClose) throw TransportErrors.Incomplete();
            End(open, isEnded: true);
            return true;
        }

        if (!isDirect)
        {
            open.Input.Add(received);
            return TryTake(open, target.Span, out read);
        }

        if (framing == BodyFraming.Chunked)
        {
            read = open.Chunks.Decode(target.Span[..received], target.Span, out var consumed);
            if (open.Chunks.IsEnded) End(open, isEnded: true, isClean: consumed == received);
            return read > 0 || IsEnded;
        }

        read = received;
        Count(open, received);
        return true;
    }

    private void Count(Http1Connection open, int handedOut)
    {
        if (framing != BodyFraming.Length) return;
        _remaining -= handedOut;
        if (_remaining == 0) End(open, isEnded: true);
    }

    /// <summary>Takes what is left of the body if all of it is there already.</summary>
    private bool TryDrain(Http1Connection open)
    {
        if (framing == BodyFraming.UntilClose) return false;
        Span<byte> nowhere = stackalloc byte[512];
        try
        {
            while (!IsEnded && TryTake(open, nowhere, out _))
            {
                // On to the end, or to where more would have to be received.
            }
        }
        catch (AttemptException)
        {
            return false;
        }

        return IsEnded;
    }

    /// <summary>The body has ended, or nobody wants the rest. Only the first call for a connection does anything.</summary>
    private void End(Http1Connection open, bool isEnded, bool isClean = true)
    {
        if (Interlocked.CompareExchange(ref _connection, null, open) != open) return;
        IsEnded = isEnded;
        if (isEnded && isClean) open.EndResponse();
        else open.Close();
    }

    private Exception Fail(Http1Connection open, Exception met, CancellationToken cancellationToken)
    {
        var failure = open.AbortReason is null && _connection is null ? new ObjectDisposedException(nameof(ResponseBodyStream)) : open.Explain(met);
        if (failure is OperationCanceledException && cancellationToken.IsCancellationRequested) failure = new OperationCanceledException(cancellationToken);
        _failure = failure;
        End(open, isEnded: false);
        return failure;
    }
}
