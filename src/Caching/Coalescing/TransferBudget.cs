namespace Net2Secure.Routing.Caching;

/// <summary>Bounds the memory of all bodies together that are on their way into the store. What finds no room is not kept: it passes through a small window to those who wait for it, and is not stored.</summary>
internal sealed class TransferBudget(long maxBytes)
{
    private long _taken;

    /// <summary>Bytes that are taken now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= maxBytes) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
