namespace Net2Secure.Routing.Caching;

/// <summary>Keeps the arrays that bodies are made of for reuse. All are of one size, below that of the large object heap, so that bodies of any size come and go without leaving holes.</summary>
/// <param name="maxFreeBytes">How much may lie unused; what is returned beyond that is left to the collector.</param>
internal sealed class SegmentPool(long maxFreeBytes)
{
    /// <summary>Size of an array. Arrays from 85,000 bytes on would be large objects.</summary>
    public const int SegmentBytes = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _free = new();

    public byte[] Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var segment)) return segment;
        }

        return GC.AllocateUninitializedArray<byte>(SegmentBytes);
    }

    /// <summary>Takes an array back that nobody reads any more. Those of another size are left to the collector.</summary>
    public void Return(byte[] segment)
    {
        if (segment.Length != SegmentBytes) return;
        lock (_lock)
        {
            if ((_free.Count + 1L) * SegmentBytes <= maxFreeBytes) _free.Push(segment);
        }
    }
}
