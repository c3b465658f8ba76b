namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps scopes of attempts for reuse: they hold a source of cancellation, which is dear to make for each request.</summary>
/// <remarks>Thread-safe. In parts, so that processors do not meet; what finds no room is dropped.</remarks>
internal sealed class AttemptScopePool(TimeProvider time)
{
    private const int PartSize = 256;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Math.Min(Environment.ProcessorCount, 16)).Select(static _ => new Part())];

    /// <summary>A scope that can begin an attempt.</summary>
    public AttemptScope Rent()
    {
        var part = Home;
        lock (part.Lock)
        {
            if (part.Count > 0)
            {
                ref var last = ref part.Items[--part.Count];
                var scope = last!;
                last = null;
                return scope;
            }
        }

        return new AttemptScope(time);
    }

    /// <summary>Takes a scope back that can begin another attempt.</summary>
    public void Return(AttemptScope scope)
    {
        var part = Home;
        lock (part.Lock)
        {
            if (part.Count < PartSize)
            {
                part.Items[part.Count++] = scope;
                return;
            }
        }

        scope.Dispose();
    }

    private Part Home => _parts[Thread.GetCurrentProcessorId() % _parts.Length];

    private sealed class Part
    {
        public readonly Lock Lock = new();
        public readonly AttemptScope?[] Items = new AttemptScope?[PartSize];
        public int Count;
    }
}
