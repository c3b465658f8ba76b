namespace Net2Secure.Routing.Balancing;

/// <summary>Requests in the order in which they came. Its lists are guarded by the lock of the limiter; its counts may be read by anybody.</summary>
internal sealed class WaitingLine
{
    private WaitingRequest? _last;
    private int _count;
    private int _takingAny;

    /// <summary>Who has waited longest.</summary>
    public WaitingRequest? First { get; private set; }

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many of them take whoever is free.</summary>
    public int TakingAny => Volatile.Read(ref _takingAny);

    public void Append(WaitingRequest waiting)
    {
        waiting.Previous = _last;
        if (_last is null) First = waiting;
        else _last.Next = waiting;
        _last = waiting;
        waiting.IsInLine = true;
        if (waiting.TakesAny) Interlocked.Increment(ref _takingAny);

        // With a full fence: whoever makes room after this sees that somebody waits, and room made before this is seen by who waits.
        Interlocked.Increment(ref _count);
    }

    public void Remove(WaitingRequest waiting)
    {
        if (waiting.Previous is null) First = waiting.Next;
        else waiting.Previous.Next = waiting.Next;
        if (waiting.Next is null) _last = waiting.Previous;
        else waiting.Next.Previous = waiting.Previous;
        (waiting.Previous, waiting.Next, waiting.IsInLine) = (null, null, false);
        if (waiting.TakesAny) Interlocked.Decrement(ref _takingAny);
        Interlocked.Decrement(ref _count);
    }

    /// <summary>Changes whom a request in line waits for.</summary>
    public void Redirect(WaitingRequest waiting, Destination? waitsFor)
    {
        if (ReferenceEquals(waiting.WaitsFor, waitsFor)) return;
        var before = waiting.TakesAny;
        waiting.WaitsFor = waitsFor;
        if (waiting.TakesAny == before) return;
        if (before) Interlocked.Decrement(ref _takingAny);
        else Interlocked.Increment(ref _takingAny);
    }
}
