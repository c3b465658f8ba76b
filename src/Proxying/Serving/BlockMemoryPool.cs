using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>Memory for the server's sockets in blocks that hold a whole usual exchange, so that one receive and one send suffice where the server's own blocks of 4 KiB need several.</summary>
/// <remarks>
/// Thread-safe. Blocks are pinned for good: the operating system writes into them while the garbage collector runs. What was not needed since the last trim is given up by
/// halves, so that a burst does not keep its memory. Idle connections hold no block: the server waits for data before it asks for one.
/// </remarks>
internal sealed class BlockMemoryPool : MemoryPool<byte>
{
    /// <summary>Bytes of a block: above what a request with a small body or a usual answer needs.</summary>
    public const int BlockSize = 16 * 1024;

    /// <summary>Time between two trims.</summary>
    public static readonly TimeSpan TrimPeriod = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Block> _free = new();
    private readonly ITimer _trimming;
    private int _freeCount;
    private int _leastFree;
    private volatile bool _isDisposed;

    public BlockMemoryPool(TimeProvider time)
    {
        _trimming = time.CreateTimer(static weak => Trim((WeakReference<BlockMemoryPool>)weak!), new WeakReference<BlockMemoryPool>(this), TrimPeriod, TrimPeriod);
    }

    public override int MaxBufferSize => BlockSize;

    /// <summary>Blocks that wait to be rented.</summary>
    public int FreeCount => Volatile.Read(ref _freeCount);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_free.TryDequeue(out var block)) return new Block(this);
        var left = Interlocked.Decrement(ref _freeCount);
        if (left < Volatile.Read(ref _leastFree)) Volatile.Write(ref _leastFree, left);
        block.MarkRented();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || _isDisposed) return;
        _isDisposed = true;
        _trimming.Dispose();
        while (_free.TryDequeue(out _)) Interlocked.Decrement(ref _freeCount);
    }

    private static void Trim(WeakReference<BlockMemoryPool> weak)
    {
        if (weak.TryGetTarget(out var pool)) pool.Trim();
    }

    private void Trim()
    {
        for (var unneeded = (Volatile.Read(ref _leastFree) + 1) / 2; unneeded > 0 && _free.TryDequeue(out _); unneeded--) Interlocked.Decrement(ref _freeCount);
        Volatile.Write(ref _leastFree, FreeCount);
    }

    private void Return(Block block)
    {
        if (_isDisposed) return;
        _free.Enqueue(block);
        Interlocked.Increment(ref _freeCount);
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly BlockMemoryPool _pool;
        private int _isRented = 1;

        public Block(BlockMemoryPool pool)
        {
            _pool = pool;
            Memory = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true), 0, BlockSize);
        }

        public Memory<byte> Memory { get; }

        public void MarkRented() => Volatile.Write(ref _isRented, 1);

        public void Dispose()
        {
            // Given back twice, a block would be rented to two at once.
            if (Interlocked.Exchange(ref _isRented, 0) != 0) _pool.Return(this);
        }
    }
}
