using System.Buffers;

namespace Net2Secure.Routing.Balancing;

/// <summary>The beginning of a request body, kept in pooled blocks for another attempt. Beyond its bound it keeps nothing at all.</summary>
/// <remarks>Thread-safe, as one attempt may still write while it is said that there will be no other. The blocks go back to the pool once, when nobody reads them any more.</remarks>
internal sealed class ReplayBuffer(int maxBytes)
{
    private const int BlockSize = 8 * 1024;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _blocks = [];
    private int _length;
    private int _readers;
    private bool _isOff;

    /// <summary>Whether all that was appended is there.</summary>
    public bool HoldsAll
    {
        get
        {
            lock (_lock) return !_isOff;
        }
    }

    /// <summary>Keeps these bytes, unless they are too many.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_isOff) return;
            if (bytes.Length > maxBytes - _length)
            {
                TurnOff_NeedsLock();
                return;
            }

            while (!bytes.IsEmpty)
            {
                var used = _length % BlockSize;
                if (used == 0) _blocks.Add(ArrayPool<byte>.Shared.Rent(BlockSize));
                var count = Math.Min(BlockSize - used, bytes.Length);
                bytes[..count].CopyTo(_blocks[^1].AsSpan(used));
                bytes = bytes[count..];
                _length += count;
            }
        }
    }

    /// <summary>Writes all that is kept.</summary>
    /// <exception cref="InvalidOperationException">Nothing is kept any more.</exception>
    public async ValueTask CopyToAsync(Stream stream, CancellationToken cancellationToken)
    {
        int length;
        lock (_lock)
        {
            if (_isOff) throw new InvalidOperationException("The body of this request is not kept for another attempt.");
            _readers++;
            length = _length;
        }

        try
        {
            // What comes in beside this is none of a replay's business: nothing is appended while one goes on.
            for (var at = 0; at < length; at += BlockSize)
                await stream.WriteAsync(_blocks[at / BlockSize].AsMemory(0, Math.Min(BlockSize, length - at)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                if (--_readers == 0 && _isOff) Return_NeedsLock();
            }
        }
    }

    /// <summary>All that is kept, in one piece; <see langword="null"/>: nothing is any more.</summary>
    public byte[]? ToArray()
    {
        lock (_lock)
        {
            if (_isOff) return null;
            var all = new byte[_length];
            for (var at = 0; at < all.Length; at += BlockSize) _blocks[at / BlockSize].AsSpan(0, Math.Min(BlockSize, all.Length - at)).CopyTo(all.AsSpan(at));
            return all;
        }
    }

    /// <summary>Lets go of everything, and keeps nothing from now on.</summary>
    public void Release()
    {
        lock (_lock) TurnOff_NeedsLock();
    }

    private void TurnOff_NeedsLock()
    {
        _isOff = true;
        if (_readers == 0) Return_NeedsLock();
    }

    private void Return_NeedsLock()
    {
        foreach (var block in _blocks) ArrayPool<byte>.Shared.Return(block);
        _blocks.Clear();
    }
}
