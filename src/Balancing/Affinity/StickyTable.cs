using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Net2Secure.Routing.Balancing;

/// <summary>Remembers which destination a key belongs to: so many keys at the most, and for so long after their last use.</summary>
/// <remarks>
/// Two generations: new and used keys are in the younger; when that is half of the capacity, or as old as keys may get, it becomes the elder, and the elder is forgotten. So a key is kept for one to two
/// lifetimes after its last use, the least used go first, every step costs the same, and no timer runs. Of keys only a digest is kept: a memory full of other people's sessions is worth stealing.
/// Thread-safe; reading takes no lock.
/// </remarks>
internal sealed class StickyTable(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Generations _generations = new(new(), new(), time.GetTimestamp());
    private int _young;

    /// <summary>How many keys there are.</summary>
    public int Count => Volatile.Read(ref _generations) is var generations ? generations.Young.Count + generations.Old.Count : 0;

    /// <summary>Reads where a key belongs, and uses it.</summary>
    public bool TryGet(UInt128 key, AffinityTableOptions limits, [NotNullWhen(true)] out Destination? destination)
    {
        var generations = Current(limits, isFull: false);
        if (generations.Young.TryGetValue(key, out destination)) return true;
        if (!generations.Old.TryGetValue(key, out destination)) return false;
        Set(key, destination, limits);
        return true;
    }

    /// <summary>Takes note of where a key belongs.</summary>
    public void Set(UInt128 key, Destination destination, AffinityTableOptions limits)
    {
        var generations = Current(limits, Volatile.Read(ref _young) >= Math.Max(1, limits.Capacity / 2));
        if (generations.Young.TryGetValue(key, out var known) && ReferenceEquals(known, destination)) return;
        if (generations.Young.TryAdd(key, destination)) Interlocked.Increment(ref _young);
        else generations.Young[key] = destination;
    }

    /// <summary>What is kept of a text: nothing that it could be found again from.</summary>
    public static UInt128 Digest(ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    private Generations Current(AffinityTableOptions limits, bool isFull)
    {
        var generations = Volatile.Read(ref _generations);
        return isFull || time.GetElapsedTime(generations.Since) >= limits.Lifetime ? Turn(generations, limits) : generations;
    }

    private Generations Turn(Generations seen, AffinityTableOptions limits)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_generations, seen)) return _generations;
            var isLongAgo = time.GetElapsedTime(seen.Since) >= 2 * limits.Lifetime;
            var next = new Generations(new(), isLongAgo ? new() : seen.Young, time.GetTimestamp());
            Volatile.Write(ref _young, 0);
            Volatile.Write(ref _generations, next);
            return next;
        }
    }

    private sealed record Generations(ConcurrentDictionary<UInt128, Destination> Young, ConcurrentDictionary<UInt128, Destination> Old, long Since);
}
