namespace Net2Secure.Routing.Caching;

/// <summary>The bytes of a body in arrays of one size, counted by who still needs them: the last one to let go returns the arrays.</summary>
/// <remarks>Counting is thread-safe, the rest is not: who writes or drops keeps readers away by a lock of its own. A body that is complete never changes and is read by anybody.</remarks>
internal sealed class BodySegments
{
    private readonly SegmentPool _pool;
    private readonly long _expected;
    private readonly List<byte[]> _segments = new(1);
    private long _dropped;
    private int _references = 1;

    /// <summary>Starts an empty body, with one reference.</summary>
    /// <param name="pool">Where arrays come from.</param>
    /// <param name="expected">The length, if it is known: the last array is then no longer than it has to be. Else -1.</param>
    public BodySegments(SegmentPool pool, long expected = -1)
    {
        _pool = pool;
        _expected = expected;
    }

    /// <summary>Bytes written so far, those that were dropped included.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes of memory that the arrays take.</summary>
    public long Capacity { get; private set; }

    /// <summary>Room for what comes next; never empty.</summary>
    public Memory<byte> GetRoom()
    {
        var used = (int)(Length - _dropped - ((_segments.Count - 1L) * SegmentPool.SegmentBytes));
        if (_segments.Count == 0 || used == SegmentPool.SegmentBytes)
        {
            Add(NewSegment());
            used = 0;
        }
        else if (used == _segments[^1].Length)
        {
            // More came than was expected. The short array is left to the collector, as somebody may be reading it.
            var longer = _pool.Rent();
            _segments[^1].CopyTo(longer, 0);
            Capacity += longer.Length - _segments[^1].Length;
            _segments[^1] = longer;
        }

        return _segments[^1].AsMemory(used);
    }

    /// <summary>Says how much of the room was written to.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>The bytes from a position on, as far as one array goes.</summary>
    public ReadOnlyMemory<byte> At(long position, long end)
    {
        var offset = position - _dropped;
        var segment = _segments[(int)(offset / SegmentPool.SegmentBytes)];
        var start = (int)(offset % SegmentPool.SegmentBytes);
        return segment.AsMemory(start, (int)Math.Min(segment.Length - start, end - position));
    }

    /// <summary>Gives back what lies before a position.</summary>
    public void DropBefore(long position)
    {
        while (_segments.Count > 0 && position - _dropped >= SegmentPool.SegmentBytes)
        {
            Capacity -= _segments[0].Length;
            _pool.Return(_segments[0]);
            _segments.RemoveAt(0);
            _dropped += SegmentPool.SegmentBytes;
        }
    }

    /// <summary>A copy that takes no more memory than it needs, for a small body whose length was not known before.</summary>
    public BodySegments ToExact()
    {
        var exact = new BodySegments(_pool, Length);
        for (var position = 0L; position < Length;)
        {
            var part = At(position, Length);
            var room = exact.GetRoom();
            var count = Math.Min(part.Length, room.Length);
            part[..count].CopyTo(room);
            exact.Advance(count);
            position += count;
        }

        return exact;
    }

    /// <returns><see langword="false"/>: the arrays have been given back already.</returns>
    public bool TryAddReference()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references) return true;
            references = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        foreach (var segment in _segments) _pool.Return(segment);
        _segments.Clear();
    }

    private byte[] NewSegment()
    {
        var left = _expected - Length;
        return left is > 0 and < SegmentPool.SegmentBytes ? GC.AllocateUninitializedArray<byte>((int)left) : _pool.Rent();
    }

    private void Add(byte[] segment)
    {
        _segments.Add(segment);
        Capacity += segment.Length;
    }
}
