namespace Net2Secure.Routing.Caching;

/// <summary>One fetch from the origin and all who wait for it. It belongs to none of them: it goes on while anybody waits, and is cancelled when nobody does.</summary>
internal sealed class Flight : IDisposable
{
    private readonly TaskCompletionSource<FetchOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancellation;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private int _waiting = 1;
    private bool _isCancelled;
    private bool _isDisposed;

    /// <summary>Starts a flight on which one waits.</summary>
    public Flight(FlightKey key, FetchStamp stamp, TimeProvider time, TimeSpan timeout)
    {
        Key = key;
        Stamp = stamp;
        _time = time;
        _cancellation = new CancellationTokenSource(timeout, time);
    }

    public FlightKey Key { get; }

    /// <summary>What had been invalidated and purged when the fetch began.</summary>
    public FetchStamp Stamp { get; }

    /// <summary>What has come of it, once the head of the answer is there.</summary>
    public Task<FetchOutcome> Outcome => _outcome.Task;

    /// <summary>Cancels the fetch, up to the last byte of its body.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <returns><see langword="false"/>: the fetch was given up.</returns>
    public bool TryJoin()
    {
        lock (_lock)
        {
            if (_isCancelled) return false;
            _waiting++;
            return true;
        }
    }

    /// <summary>Called when nobody waits any more and there is a body that may still arrive.</summary>
    public Action? Deserted { get; set; }

    /// <summary>One waits no longer, having the outcome and reading its body, or having given up.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_waiting > 0) return;
        }

        if (Deserted is { } deserted) deserted();
        else if (!_outcome.Task.IsCompleted) CancelUnlessAwaited();
    }

    /// <summary>The one who leads gives up: what has come for it alone is let go.</summary>
    public void Abandon()
    {
        Leave();
        _ = Outcome.ContinueWith(
            static outcome =>
            {
                if (outcome.Result is FetchOutcome.Passed passed) passed.Response.Dispose();
                if (outcome.Result is FetchOutcome.Storing storing) storing.LeaderBody?.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
    }

    /// <summary>Waits for the outcome, for so long.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public Task<FetchOutcome> WaitAsync(TimeSpan bound, CancellationToken cancellationToken) => Outcome.WaitAsync(bound, _time, cancellationToken);

    public void SetOutcome(FetchOutcome outcome) => _outcome.TrySetResult(outcome);

    public void SetFailure(Exception failure)
    {
        _outcome.TrySetException(failure);
        // Everybody may have left; then nobody looks at it.
        _ = _outcome.Task.Exception;
    }

    /// <summary>Gives the rest of the fetch so long; infinite: as long as it takes.</summary>
    public void CancelAfter(TimeSpan delay)
    {
        // It may be over at this very moment, and must not be left a timer then that nobody takes away.
        lock (_lock)
        {
            if (!_isDisposed) _cancellation.CancelAfter(delay);
        }
    }

    /// <summary>Cancels the fetch, unless somebody has the outcome and has not opened its body yet, or has just joined.</summary>
    public void CancelUnlessAwaited()
    {
        lock (_lock)
        {
            if (_waiting > 0) return;
            _isCancelled = true;
        }

        CancelNow();
    }

    /// <summary>Cancels the fetch, whoever waits for it.</summary>
    public void Cancel()
    {
        lock (_lock) _isCancelled = true;
        CancelNow();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _cancellation.Dispose();
        }
    }

    private void CancelNow()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It is over already.
        }
    }
}
