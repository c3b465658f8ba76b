namespace Net2Secure.Routing.Balancing;

/// <summary>One attempt counted in flight until disposed, once.</summary>
/// <remarks>The finalizer is for callers that neither read nor dispose a response: without it their destination would look busy for ever.</remarks>
internal sealed class InFlightLease : IDisposable
{
    private readonly CountedAttempt _attempt;
    private (AttemptObservation Observation, HttpRequestMessage Request, HttpResponseMessage Response)? _answered;
    private int _ended;

    /// <summary>Takes over an attempt that is counted already.</summary>
    public InFlightLease(CountedAttempt attempt) => _attempt = attempt;

#pragma warning disable MA0055 // not a native resource, but a count that nobody else could give back
    ~InFlightLease() => End();
#pragma warning restore MA0055

    /// <summary>The attempt is answered, and what becomes of the body of the answer is told.</summary>
    public void Answered(in AttemptObservation observation, HttpRequestMessage request, HttpResponseMessage response) => _answered = (observation, request, response);

    /// <summary>Ends the attempt, whose answer has been read to its end.</summary>
    public void Complete()
    {
        if (End() && _answered is { } answered) answered.Observation.TellTrailers(answered.Response);
        Dispose();
    }

    /// <summary>Ends the attempt, whose answer was cut short.</summary>
    public void Fail(Exception exception)
    {
        if (End() && _answered is { } answered) answered.Observation.TellCut(answered.Request, answered.Response, AttemptFailureReader.Read(exception, answered.Request));
        Dispose();
    }

    public void Dispose()
    {
        End();
        GC.SuppressFinalize(this);
    }

    private bool End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        _attempt.End();
        return true;
    }
}
