using System.Diagnostics.CodeAnalysis;

namespace Net2Secure.Routing.Caching;

/// <summary>A body that one writes as it arrives and several read at their own pace.</summary>
/// <remarks>
/// <para>It is kept from its beginning, so that the writer need not wait for anybody and further readers can join, until it grows beyond its bound, or beyond what all bodies together may take. From then
/// on it is a window: nobody joins, what all have read is let go, and the writer waits for the slowest. A reader that lets the others wait for too long is cut off.</para>
/// <para>Thread-safe for one writer and any number of readers.</para>
/// </remarks>
internal sealed partial class SharedBody
{
    private readonly Lock _lock = new();
    private readonly SharedBodyOptions _options;
    private readonly BodySegments _segments;
    private readonly HashSet<SharedBodyStream> _readers = [];
    private int _clients;
    private long _visible;
    private long _budgeted;
    private bool _isWindow;
    private bool _isEnded;
    private bool _isReleased;
    private bool _isClosed;
    private Exception? _failure;
    private TaskCompletionSource? _changed;
    private TaskCompletionSource? _roomChanged;

    /// <param name="options">Bounds.</param>
    /// <param name="expected">The length, if it is known; else -1.</param>
    public SharedBody(SharedBodyOptions options, long expected)
    {
        _options = options;
        _segments = new BodySegments(options.Pool, expected);
    }

    /// <summary>Still kept from its beginning.</summary>
    public bool IsKept
    {
        get
        {
            lock (_lock) return !_isWindow;
        }
    }

    /// <summary>Bytes written so far.</summary>
    public long Length
    {
        get
        {
            lock (_lock) return _segments.Length;
        }
    }

    /// <summary>It has not ended, and no client reads it.</summary>
    public bool IsDeserted
    {
        get
        {
            lock (_lock) return !_isEnded && _clients == 0;
        }
    }

    /// <summary>Called when a client has left.</summary>
    public Action? Abandoned { get; set; }

    /// <summary>Called once by the writer when the body is not kept any longer, with a reader from its beginning: for a store that takes what is too large to be kept.</summary>
    public Action<SharedBodyStream>? Outgrown { get; set; }

    /// <summary>Trailer fields, once the body is complete.</summary>
    public IReadOnlyList<FieldLine> Trailers { get; private set; } = [];

    /// <summary>Lets somebody read from the beginning.</summary>
    /// <param name="isClient">A client waits for it, rather than a store.</param>
    /// <param name="reader">The reader.</param>
    /// <returns><see langword="false"/>: the beginning is gone, or the body has failed.</returns>
    public bool TryOpen(bool isClient, [NotNullWhen(true)] out SharedBodyStream? reader)
    {
        reader = null;
        lock (_lock)
        {
            // In a window the first reader is let in as long as nothing is written.
            if (_failure is not null || _isReleased || _isClosed || (_isWindow && _segments.Length > 0)) return false;
            reader = new SharedBodyStream(this, isClient);
            _readers.Add(reader);
            if (isClient) _clients++;
            return true;
        }
    }

    /// <summary>Takes what was written to the room. Nobody sees it before <see cref="Show"/>, so that a store can have all of it before a client has.</summary>
    public void Advance(int count)
    {
        SharedBodyStream? reader = null;
        lock (_lock)
        {
            _segments.Advance(count);
            if (_segments.Length > _options.MaxKeptBytes) reader = BecomeWindow_NeedsLock();
        }

        if (reader is not null) Outgrown?.Invoke(reader);
    }

    /// <summary>Shows readers all that was taken.</summary>
    public void Show()
    {
        lock (_lock)
        {
            _visible = _segments.Length;
            Signal(ref _changed);
        }
    }

    /// <summary>Ends the body.</summary>
    public void Complete(IReadOnlyList<FieldLine> trailers)
    {
        Trailers = trailers;
        lock (_lock) _isEnded = true;
        Show();
        ReleaseIfDone();
    }

    /// <summary>Ends the body before its end. Readers get what has come, and then the failure.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            _isEnded = true;
        }

        Show();
        ReleaseIfDone();
    }

    /// <summary>Gives the complete body to a store, if it is all there.</summary>
    public bool TryGive(IAdoptingCache cache, CacheKey key, CachedHead head)
    {
        lock (_lock)
        {
            if (_isWindow || _isReleased || _failure is not null) return false;
        }

        // Written by nobody any more, and not let go before it is completed.
        return cache.TryAdopt(key, head, _segments);
    }

    /// <summary>Reads on for one reader.</summary>
    /// <param name="reader">Who.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="wait">What to wait for, when nothing has come.</param>
    /// <returns>How many bytes; 0 with nothing to wait for: the end.</returns>
    public int Read(SharedBodyStream reader, Span<byte> buffer, out Task? wait)
    {
        lock (_lock)
        {
            wait = null;
            ObjectDisposedException.ThrowIf(_isReleased, reader);
            if (reader.IsCutOff) throw new IOException("The rest of the body is not for this reader: it has held up others for too long, or the response may not be stored any more.");
            var available = _visible - reader.Offset;
            if (available > 0)
            {
                var count = 0;
                while (count < buffer.Length && reader.Offset < _visible)
                {
                    var part = _segments.At(reader.Offset, _visible).Span;
                    part = part[..Math.Min(part.Length, buffer.Length - count)];
                    part.CopyTo(buffer[count..]);
                    count += part.Length;
                    reader.Offset += part.Length;
                }

                if (_isWindow) Signal(ref _roomChanged);
                return count;
            }

            if (_failure is not null) throw new IOException("The response ended before its body was complete.", _failure);
            if (!_isEnded && buffer.Length > 0) wait = (_changed ??= NewSource()).Task;
            return 0;
        }
    }

    /// <summary>Takes the body away from a reader: what it reads next fails.</summary>
    public void CutOff(SharedBodyStream reader)
    {
        lock (_lock)
        {
            reader.IsCutOff = true;
            Remove_NeedsLock(reader);
            Signal(ref _changed);
        }
    }

    /// <summary>A reader reads no more.</summary>
    public void Leave(SharedBodyStream reader)
    {
        lock (_lock)
        {
            if (!Remove_NeedsLock(reader)) return;
            // One that is reading at this moment has to notice.
            Signal(ref _changed);
        }

        if (reader.IsClient) Abandoned?.Invoke();
        ReleaseIfDone();
    }

    /// <summary>Nobody joins any more: memory that is read by nobody goes back.</summary>
    public void Close()
    {
        lock (_lock) _isClosed = true;
        ReleaseIfDone();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Signal(ref TaskCompletionSource? source)
    {
        source?.TrySetResult();
        source = null;
    }

    private bool Remove_NeedsLock(SharedBodyStream reader)
    {
        if (!_readers.Remove(reader)) return false;
        if (reader.IsClient) _clients--;
        Signal(ref _roomChanged);
        return true;
    }

    private void ReleaseIfDone()
    {
        lock (_lock)
        {
            if (!_isEnded || _isReleased || _readers.Count > 0 || !_isClosed) return;
            _isReleased = true;
            _options.Budget.Return(_budgeted);
            _budgeted = 0;
        }

        _segments.Release();
    }
}
