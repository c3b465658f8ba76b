using System.Buffers;
using System.Runtime.InteropServices;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>Memory for the server's sockets in blocks that hold a whole usual exchange, so that one receive and one send suffice where the server's own blocks of 4 KiB need several.</summary>
/// <remarks>
/// Thread-safe. Blocks are pinned for good: the operating system writes into them while the garbage collector runs. Idle connections hold no block: the server waits for data
/// before it asks for one.
/// </remarks>
internal sealed class BlockMemoryPool : MemoryPool<byte>
{
    /// <summary>Bytes of a block: above what a request with a small body or a usual answer needs.</summary>
    public const int BlockSize = 16 * 1024;

    private readonly TrimmedPool<Block> _blocks;
    private bool _isDisposed;

    public BlockMemoryPool(TimeProvider time) => _blocks = new TrimmedPool<Block>(() => new Block(this), time);

    public override int MaxBufferSize => BlockSize;

    /// <summary>Blocks that wait to be rented.</summary>
    public int FreeCount => _blocks.FreeCount;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var block = _blocks.Rent();
        block.MarkRented();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _isDisposed = true;
        _blocks.Dispose();
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly BlockMemoryPool _pool;
        private int _isRented;

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
            if (Interlocked.Exchange(ref _isRented, 0) != 0) _pool._blocks.Return(this);
        }
    }
}
