using System.Buffers;
using System.Runtime.CompilerServices;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>Encodes a body as it is read.</summary>
/// <remarks>
/// Reads of the source run ahead of what is asked for by one piece, never more. Whenever the next bytes of the source would have to be waited for, all that came before is flushed and handed out:
/// events and lines reach the client when they are sent, and a body that is there at once is encoded in one go.
/// One read at a time, as with any stream; disposing may come beside a read.
/// </remarks>
/// <param name="source">The body. Disposed with this one.</param>
/// <param name="atEnd">Called once the source has come to its end, before whoever reads learns of it.</param>
internal sealed class CompressingStream(Stream source, Action? atEnd = null) : Stream, IResponseBodyProgress
{
    /// <summary>Bytes of one read of the source.</summary>
    public const int InputSize = 16 * 1024;

    private const int Reading = 1;
    private const int Disposed = 2;

    private readonly IResponseBodyProgress? _progress = source as IResponseBodyProgress;
    private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(InputSize);
    private ContentEncoder? _encoder;
    private EncodingStep _step;
    private int _start;
    private int _end;
    private ValueTask<int> _pending;
    private CancellationToken _pendingToken;
    private bool _isPending;
    private bool _hasUnflushed;
    private int _use;

    /// <inheritdoc/>
    public bool IsEnded => _step == EncodingStep.Ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes of the source what is there without waiting, up to a size. Before <see cref="Use"/>.</summary>
    /// <returns>Whether the body has come to its end with fewer bytes. <see langword="false"/> where that would have to be waited for.</returns>
    public bool EndsWithin(int size, CancellationToken cancellationToken)
    {
        while (_end < Math.Min(size, InputSize) && _step == EncodingStep.Encode)
        {
            Begin(cancellationToken);
            // What failed is told to whoever reads.
            if (!_pending.IsCompletedSuccessfully) return false;
            AcceptPending();
        }

        return _step == EncodingStep.Finish && _end < size;
    }

    /// <summary>Says what to encode by. Before the first read.</summary>
    public void Use(ContentEncoder encoder) => _encoder = encoder;

    /// <inheritdoc/>
    public int TakeBuffered(Span<byte> target)
    {
        if (!TryEnter()) return 0;
        try
        {
            var written = Encode(target);
            while (written < target.Length && _step == EncodingStep.Encode && !_isPending && _progress is not null)
            {
                var taken = _progress.TakeBuffered(_input.AsSpan(0, InputSize));
                (_start, _end) = (0, 0);
                if (taken == 0) break;
                Accept(taken);
                written += Encode(target[written..]);
            }

            return written;
        }
        finally
        {
            Leave();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        if (!TryEnter()) return ValueTask.FromException<int>(new ObjectDisposedException(nameof(CompressingStream)));
        var isDone = true;
        try
        {
            isDone = TryRead(buffer.Span, cancellationToken, out var written);
            return isDone ? new ValueTask<int>(written) : AwaitAsync(buffer, cancellationToken);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(e);
        }
        finally
        {
            if (isDone) Leave();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && (Interlocked.Or(ref _use, Disposed) & Disposed) == 0)
        {
            // Ends a read that waits for it.
            source.Dispose();
            if ((Volatile.Read(ref _use) & Reading) == 0) Release();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                if (TryRead(buffer.Span, cancellationToken, out var written)) return written;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Waits for the read of the source that is under way, and takes what it brings.</summary>
    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_pendingToken == cancellationToken)
        {
            Accept(await TakePending().ConfigureAwait(false));
            return;
        }

        // Begun under another token, which this wait does not depend on; it outlasts one that is given up.
        var reading = TakePending().AsTask();
        (_pending, _isPending) = (new ValueTask<int>(reading), true);
        await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        AcceptPending();
    }

    /// <summary>Fills a target as far as it goes without waiting.</summary>
    /// <returns>Whether the read is over; if not, the source has to be waited for.</returns>
    private bool TryRead(Span<byte> target, CancellationToken cancellationToken, out int written)
    {
        written = 0;
        while (true)
        {
            written += Encode(target[written..]);
            if (_step == EncodingStep.Ended || (written == target.Length && (written > 0 || HasMore))) return true;
            Begin(cancellationToken);
            if (_pending.IsCompleted) AcceptPending();
            else if (_hasUnflushed) _step = EncodingStep.Flush;
            else return written > 0;
        }
    }

    /// <summary>Whether a read would have something to hand out without the source being waited for: for a read of no bytes, which is asked to find that out.</summary>
    private bool HasMore => _hasUnflushed || _step != EncodingStep.Encode;

    /// <summary>Encodes what has been read, as far as there is room.</summary>
    private int Encode(Span<byte> target)
    {
        var written = 0;
        while (written < target.Length && _step != EncodingStep.Ended)
        {
            var isDone = _encoder!.Encode(_input.AsSpan(_start, _end - _start), target[written..], _step, out var consumed, out var count);
            _start += consumed;
            written += count;
            if (!isDone) continue;
            if (_step == EncodingStep.Finish) _step = EncodingStep.Ended;
            if (_step != EncodingStep.Flush) break;
            (_step, _hasUnflushed) = (EncodingStep.Encode, false);
        }

        return written;
    }

#pragma warning disable CA2012 // The read under way is kept beyond the call that began it, and is asked for its result once, when it has completed or by being awaited.
    /// <summary>Begins to read the source, unless that has begun.</summary>
    private void Begin(CancellationToken cancellationToken)
    {
        if (_isPending) return;
        if (_start == _end) (_start, _end) = (0, 0);
        _pending = source.ReadAsync(_input.AsMemory(_end, InputSize - _end), cancellationToken);
        (_isPending, _pendingToken) = (true, cancellationToken);
    }

    private void AcceptPending() => Accept(TakePending().Result);
#pragma warning restore CA2012

    private ValueTask<int> TakePending()
    {
        var pending = _pending;
        (_pending, _isPending) = (default, false);
        return pending;
    }

    private void Accept(int read)
    {
        _end += read;
        _hasUnflushed |= read > 0;
        if (read > 0 && _progress is not { IsEnded: true }) return;
        _step = EncodingStep.Finish;
        atEnd?.Invoke();
    }

    private bool TryEnter() => (Interlocked.Or(ref _use, Reading) & Disposed) == 0 || Leave();

    /// <returns><see langword="false"/>.</returns>
    private bool Leave()
    {
        if ((Interlocked.And(ref _use, ~Reading) & Disposed) != 0) Release();
        return false;
    }

    private void Release()
    {
        // Twice would hand one buffer to two.
        if (Interlocked.Exchange(ref _encoder, null) is { } encoder) encoder.Dispose();
        else return;
        // Never one that a read of the source may still fill.
        if (!_isPending || _pending.IsCompleted) ArrayPool<byte>.Shared.Return(_input);
    }
}
