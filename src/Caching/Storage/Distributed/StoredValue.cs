namespace Net2Secure.Routing.Caching;

/// <summary>A value as it came from the shared store, in memory that goes back to its pool when this is disposed.</summary>
internal readonly struct StoredValue(ReadOnlyMemory<byte> bytes, PooledBuffer? buffer) : IDisposable
{
    /// <summary>Nothing is stored under the name.</summary>
    public static StoredValue None => default;

    /// <summary>The bytes; empty: there is no such value.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.Span;

    public bool Exists => !bytes.IsEmpty;

    public void Dispose() => buffer?.Dispose();
}
