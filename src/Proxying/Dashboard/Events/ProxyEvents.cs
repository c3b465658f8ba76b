namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>What has happened of late, in bounded memory. Thread-safe.</summary>
internal sealed class ProxyEvents(TimeProvider time)
{
    /// <summary>So many events are kept.</summary>
    public const int Capacity = 512;

    private const int MaxText = 2000;

    private readonly Lock _lock = new();
    private readonly Queue<ProxyEvent> _events = new();
    private long _last;

    /// <summary>The number of the latest event; 0: there was none.</summary>
    public long Last
    {
        get
        {
            lock (_lock) return _last;
        }
    }

    /// <summary>Something has happened.</summary>
    public void Tell(string kind, string severity, string subject, string text) => Tell(time.GetUtcNow(), kind, severity, subject, text);

    /// <inheritdoc cref="Tell(string, string, string, string)"/>
    public void Tell(DateTimeOffset at, string kind, string severity, string subject, string text)
    {
        lock (_lock)
        {
            if (_events.Count == Capacity) _events.Dequeue();
            _events.Enqueue(new ProxyEvent(++_last, at, kind, severity, subject, text.Length > MaxText ? string.Concat(text.AsSpan(0, MaxText), "…") : text));
        }
    }

    /// <summary>Those behind a number, oldest first; the latest ones, where there are more than the limit.</summary>
    public IReadOnlyList<ProxyEvent> After(long sequence, int limit = Capacity)
    {
        lock (_lock)
        {
            var skipped = Math.Max(0, Math.Min(_events.Count, _last - sequence));
            return [.. _events.Skip(_events.Count - (int)Math.Min(skipped, limit))];
        }
    }
}
