using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Watches the attempts of one destination.</summary>
/// <remarks>Thread-safe, without locks. Nothing is allocated after it is made.</remarks>
internal sealed class DestinationTraffic(TimeProvider time, TimeSpan window)
{
    private TrafficWindow _window = new(window, time.TimestampFrequency);
    private int _failuresInARow;
    private int _gatewayErrorsInARow;
    private int _waiting;
    private int _unanswered;
    private long _quietSince;

    /// <summary>Attempts failed in a row.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _failuresInARow);

    /// <summary>Answers 502, 503 or 504 in a row.</summary>
    public int ConsecutiveGatewayErrors => Volatile.Read(ref _gatewayErrorsInARow);

    /// <summary>Whether anything waits for an answer.</summary>
    public bool IsWaitedFor => Volatile.Read(ref _waiting) > 0;

    /// <summary>How far back it looks.</summary>
    public TimeSpan Window { get; private set; } = window;

    /// <summary>Looks back another stretch of time from now on; what was seen in one of another length is forgotten.</summary>
    public void UseWindow(TimeSpan window)
    {
        if (window == Window) return;
        Window = window;
        Volatile.Write(ref _window, new TrafficWindow(window, time.TimestampFrequency));
    }

    /// <summary>What an outcome comes to; <see langword="null"/> when it says nothing of the destination.</summary>
    public static TrafficResult? ResultOf(in AttemptOutcome outcome)
    {
        if (!outcome.CountsForDestination) return null;
        if (outcome.Failure is not null || outcome.Response is null) return TrafficResult.Failure;
        return (int)outcome.Response.StatusCode switch
        {
            502 or 503 or 504 => TrafficResult.GatewayError,
            >= 500 => TrafficResult.ServerError,
            _ => TrafficResult.Success,
        };
    }

    /// <summary>An attempt begins.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _waiting);
        if (Interlocked.Increment(ref _unanswered) == 1) Volatile.Write(ref _quietSince, time.GetTimestamp());
    }

    /// <summary>An attempt is answered, has failed, or was cut short after its answer.</summary>
    /// <returns>Failures and gateway errors in a row, when it was one: each number is returned once.</returns>
    public (int Failures, int GatewayErrors) End(in AttemptOutcome outcome, TrafficResult? result)
    {
        if (!outcome.IsCut) EndWait();
        if (result is not { } came) return default;
        var now = time.GetTimestamp();
        if (Volatile.Read(ref _unanswered) != 0) Volatile.Write(ref _unanswered, 0);
        var counts = Volatile.Read(ref _window);
        if (outcome.IsCut) counts.AddCut(now);
        else counts.Add(now, came, outcome.Elapsed.Ticks);
        var failures = Count(ref _failuresInARow, came == TrafficResult.Failure);
        return (failures, came == TrafficResult.Failure ? 0 : Count(ref _gatewayErrorsInARow, came == TrafficResult.GatewayError));
    }

    /// <summary>Sums up.</summary>
    /// <param name="now">The present timestamp.</param>
    /// <param name="enough">Requests from which on it looks no further back.</param>
    public TrafficSummary Summarize(long now, int enough = int.MaxValue)
    {
        var counts = Volatile.Read(ref _window).Read(now, enough);
        var answered = counts.Requests - counts.Failures;
        var waiting = Volatile.Read(ref _waiting);
        var unanswered = Math.Min(waiting, Volatile.Read(ref _unanswered));
        return new()
        {
            Requests = counts.Requests,
            Failures = counts.Failures,
            ServerErrors = counts.ServerErrors,
            GatewayErrors = counts.GatewayErrors,
            ConsecutiveFailures = ConsecutiveFailures,
            ConsecutiveGatewayErrors = ConsecutiveGatewayErrors,
            TypicalTime = answered > 0 ? TimeSpan.FromTicks((long)LogarithmicTime.Ticks(counts.LogTime / (double)answered)) : TimeSpan.Zero,
            Waiting = waiting,
            Unanswered = unanswered,
            Silence = unanswered > 0 ? time.GetElapsedTime(Volatile.Read(ref _quietSince), now) : TimeSpan.Zero,
        };
    }

    /// <summary>Forgets what was, but not what waits.</summary>
    public void Clear()
    {
        Volatile.Read(ref _window).Clear();
        Volatile.Write(ref _failuresInARow, 0);
        Volatile.Write(ref _gatewayErrorsInARow, 0);
        Volatile.Write(ref _unanswered, 0);
    }

    /// <summary>Begins anew: what waits began unseen, or ended so.</summary>
    public void Restart()
    {
        Clear();
        Volatile.Write(ref _waiting, 0);
    }

    // The start of one that ends may have been before anybody listened.
    private void EndWait()
    {
        var waiting = Volatile.Read(ref _waiting);
        while (waiting > 0)
        {
            var found = Interlocked.CompareExchange(ref _waiting, waiting - 1, waiting);
            if (found == waiting) return;
            waiting = found;
        }
    }

    // Written only when it changes: the counters of a destination that is well stay in every processor's cache.
    private static int Count(ref int inARow, bool another)
    {
        if (another) return Interlocked.Increment(ref inARow);
        if (Volatile.Read(ref inARow) != 0) Volatile.Write(ref inARow, 0);
        return 0;
    }
}
