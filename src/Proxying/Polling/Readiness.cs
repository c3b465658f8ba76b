namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>Whether a direction of a socket is ready, and who waits for it to be.</summary>
/// <remarks>
/// <para>One consumer tries and waits; anybody signals. The consumer takes a signal <b>before</b> it tries: what comes while it tries is a new signal, and nothing is lost.
/// A signal may be about what was taken already; the try that follows finds nothing, and that is all.</para>
/// <para>A mutable struct: keep it in a field.</para>
/// </remarks>
internal struct Readiness
{
    private const int Unknown = 0;
    private const int Signalled = 1;
    private const int Awaited = 2;

    private int _state;
    private IReadinessWaiter? _waiter;

    /// <summary>Whether there is a signal to take.</summary>
    public readonly bool IsSignalled => Volatile.Read(in _state) == Signalled;

    /// <summary>Takes the signal.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Unknown, Signalled) == Signalled;

    /// <summary>Waits for a signal.</summary>
    /// <returns><see langword="false"/>: there is one, and nobody will be called.</returns>
    public bool TryAwait(IReadinessWaiter waiter)
    {
        _waiter = waiter;
        return Interlocked.CompareExchange(ref _state, Awaited, Unknown) == Unknown;
    }

    /// <summary>Signals.</summary>
    /// <returns>Who has waited for it and is to be called; <see langword="null"/>: nobody.</returns>
    public IReadinessWaiter? Signal()
    {
        while (true)
        {
            var before = Volatile.Read(in _state);
            if (before == Signalled) return null;
            // Before the state lets the waiter go on, and wait for something else.
            var waiter = before == Awaited ? Volatile.Read(in _waiter) : null;
            if (Interlocked.CompareExchange(ref _state, Signalled, before) == before) return waiter;
        }
    }
}
