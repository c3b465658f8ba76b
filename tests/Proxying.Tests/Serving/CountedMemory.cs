using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Net2Secure.Routing.Proxying.Serving;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

/// <summary>Blocks of the usual size, counted while they are out, and overwritten when they come back.</summary>
internal sealed class CountedMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private int _out;

    /// <summary>Is called when a block is asked for.</summary>
    public Action? Renting { get; set; }

    public int Out => Volatile.Read(ref _out);

    public override int MaxBufferSize => BlockMemoryPool.BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
        Interlocked.Increment(ref _out);
        Renting?.Invoke();
        return new Block(this);
    }

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(CountedMemory pool) : IMemoryOwner<byte>
    {
        private byte[]? _array = new byte[BlockMemoryPool.BlockSize];

        public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is not { } array) return;
            Array.Fill(array, (byte)'?');
            Interlocked.Decrement(ref pool._out);
        }
    }
}
