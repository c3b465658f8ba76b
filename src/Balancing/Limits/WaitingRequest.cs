namespace Net2Secure.Routing.Balancing;

/// <summary>A request in line. Its task ends with a counted attempt, or with the reason why there is none.</summary>
/// <remarks>One object per wait, with its own links: a place in the middle of the line is left without a search. All but the task is guarded by the lock of its limiter.</remarks>
internal sealed class WaitingRequest(RequestLimiter limiter, HttpRequestMessage request, long since)
    : TaskCompletionSource<CountedAttempt>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly bool _leavesSomeOut = RequestRouting.Of(request) is { } routing && routing.Excluded.Length > 0;

    public RequestLimiter Limiter { get; } = limiter;

    public HttpRequestMessage Request { get; } = request;

    /// <summary>When the wait began, as a timestamp.</summary>
    public long Since { get; } = since;

    /// <summary>The one destination that is waited for, or <see langword="null"/>.</summary>
    public Destination? WaitsFor { get; set; }

    /// <summary>Whether it takes whoever is free, so that no room goes past it.</summary>
    public bool TakesAny => WaitsFor is null && !_leavesSomeOut;

    public WaitingRequest? Previous { get; set; }

    public WaitingRequest? Next { get; set; }

    public bool IsInLine { get; set; }
}
