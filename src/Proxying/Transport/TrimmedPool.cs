using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>Keeps objects for reuse, as many as the load of the moment needs, and gives up by and by what it no longer does.</summary>
/// <remarks>
/// <para>Thread-safe. The pools of the framework keep a fixed number for each processor; with a few hundred exchanges in flight on one of them, most buffers would be made anew each time.
/// Here nothing returned is refused, and every ten seconds half of what was not needed meanwhile is let go.</para>
/// <para>Last in, first out: what was used a moment ago is still in the processor's cache. Split into as many parts as there are processors (at most 16), each with a lock that is held for
/// a few instructions.</para>
/// </remarks>
internal sealed class TrimmedPool<T> : IDisposable where T : class
{
    /// <summary>Time between two trims.</summary>
    public static readonly TimeSpan TrimPeriod = TimeSpan.FromSeconds(10);

    private readonly Func<T> _create;
    private readonly Part[] _parts;
    private readonly ITimer _trimming;
    private volatile bool _isDisposed;

    public TrimmedPool(Func<T> create, TimeProvider time)
    {
        _create = create;
        _parts = new Part[BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 16))];
        for (var i = 0; i < _parts.Length; i++) _parts[i] = new Part();
        // A timer that held on to the pool would keep it, and what it holds, alive for ever.
        _trimming = time.CreateTimer(static weak => Trim((WeakReference<TrimmedPool<T>>)weak!), new WeakReference<TrimmedPool<T>>(this), TrimPeriod, TrimPeriod);
    }

    /// <summary>Objects that wait to be rented.</summary>
    public int FreeCount => _parts.Sum(static part => part.Count);

    /// <summary>An object that was returned, or a new one.</summary>
    public T Rent()
    {
        var home = Home;
        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[(home + i) & (_parts.Length - 1)].TryPop(out var item)) return item;
        }

        return _create();
    }

    /// <summary>Takes an object back. Nobody may use it any more.</summary>
    public void Return(T item)
    {
        if (!_isDisposed) _parts[Home].Push(item);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _trimming.Dispose();
        foreach (var part in _parts) part.Clear();
    }

    private int Home => Thread.GetCurrentProcessorId() & (_parts.Length - 1);

    private static void Trim(WeakReference<TrimmedPool<T>> weak)
    {
        if (!weak.TryGetTarget(out var pool)) return;
        foreach (var part in pool._parts) part.Trim();
    }

    private sealed class Part
    {
        private readonly Lock _lock = new();
        private T?[] _items = new T?[16];
        private int _count;
        private int _least;

        public int Count => Volatile.Read(ref _count);

        public bool TryPop([NotNullWhen(true)] out T? item)
        {
            item = null;
            if (Count == 0) return false;
            lock (_lock)
            {
                if (_count == 0) return false;
                ref var last = ref _items[--_count];
                item = last!;
                last = null;
                if (_count < _least) _least = _count;
                return true;
            }
        }

        public void Push(T item)
        {
            lock (_lock)
            {
                if (_count == _items.Length) Array.Resize(ref _items, _count * 2);
                _items[_count++] = item;
            }
        }

        public void Trim()
        {
            lock (_lock)
            {
                // From the bottom, which is what has not been used for longest.
                var unneeded = (_least + 1) / 2;
                Array.Copy(_items, unneeded, _items, 0, _count - unneeded);
                Array.Clear(_items, _count - unneeded, unneeded);
                _count -= unneeded;
                _least = _count;
            }
        }

        public void Clear()
        {
            lock (_lock)
            {
                Array.Clear(_items, 0, _count);
                _count = _least = 0;
            }
        }
    }
}
