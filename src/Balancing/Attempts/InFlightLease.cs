namespace Net2Secure.Routing.Balancing;

/// <summary>One attempt counted in flight until disposed, once.</summary>
/// <remarks>The finalizer is for callers that neither read nor dispose a response: without it their destination would look busy for ever.</remarks>
internal sealed class InFlightLease : IDisposable
{
    private readonly CountedAttempt _attempt;
    private int _ended;

    /// <summary>Takes over an attempt that is counted already.</summary>
    public InFlightLease(CountedAttempt attempt) => _attempt = attempt;

#pragma warning disable MA0055 // not a native resource, but a count that nobody else could give back
    ~InFlightLease() => End();
#pragma warning restore MA0055

    public void Dispose()
    {
        End();
        GC.SuppressFinalize(this);
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0) _attempt.End();
    }
}
