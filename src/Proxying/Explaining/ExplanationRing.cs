namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>The latest of one list. Thread-safe; bounded.</summary>
internal sealed class ExplanationRing
{
    private readonly Lock _lock = new();
    private ExplainedRequest?[] _kept = [];
    private int _next;

    /// <summary>Makes it hold so many. The latest of those that are there stay.</summary>
    public void Resize(int capacity)
    {
        lock (_lock)
        {
            if (capacity == _kept.Length) return;
            var kept = new ExplainedRequest?[capacity];
            var count = Math.Min(capacity, _kept.Length);
            for (var i = 0; i < count; i++) kept[i] = _kept[(_next - count + i + _kept.Length) % _kept.Length];
            _kept = kept;
            _next = count % capacity;
        }
    }

    public void Add(ExplainedRequest request)
    {
        lock (_lock)
        {
            if (_kept.Length == 0) return;
            _kept[_next] = request;
            _next = (_next + 1) % _kept.Length;
        }
    }

    /// <summary>All of it, in no order.</summary>
    public ExplainedRequest?[] ToArray()
    {
        lock (_lock) return [.. _kept];
    }
}
