namespace Net2Secure.Routing.Balancing;

/// <summary>The life of one attempt up to the head of its answer: a token that ends with the caller's, when time is up, or when its destination is given up.</summary>
/// <remarks>
/// Pooled for requests without a body; a body may still be on its way when the answer is there, and then what watches the token outlives the attempt. A scope that was ended
/// never serves again.
/// </remarks>
internal sealed class AttemptScope : IDisposable
{
    private static readonly HttpRequestOptionsKey<AttemptScope?> Key = new("Net2Secure.Routing.Balancing.AttemptScope");

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private CancellationTokenRegistration _caller;
    private ITimer? _timer;
    private RequestRouting? _routing;
    private Destination? _waitsAt;
    private HttpContent? _content;
    private bool _mayBeAbandoned;
    private bool _isActive;
    private long _due;
    private int _end;

    public AttemptScope(TimeProvider time)
    {
        _time = time;
        Token = _ending.Token;
    }

    /// <summary>Neighbours in the list of those that wait at a destination, guarded by its lock.</summary>
    public AttemptScope? Next { get; set; }

    /// <inheritdoc cref="Next"/>
    public AttemptScope? Previous { get; set; }

    /// <summary>Ends the attempt.</summary>
    public CancellationToken Token { get; }

    /// <summary>The part of the destinations that the request is for; <see langword="null"/>: all.</summary>
    public ChoiceSet? Part { get; set; }

    /// <summary>Whether the attempt could be made elsewhere at this moment: its body is still at hand.</summary>
    public bool CanBeMadeElsewhere => Repeatability.CanBeSent(_content);

    /// <summary>Why it was ended, if not by the caller.</summary>
    public AttemptEnd End => (AttemptEnd)Volatile.Read(ref _end);

    /// <summary>The scope of the present attempt of a request, or <see langword="null"/>.</summary>
    public static AttemptScope? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var scope) ? scope : null;

    /// <summary>Begins an attempt.</summary>
    /// <param name="request">The request.</param>
    /// <param name="timeout">The time it has.</param>
    /// <param name="mayBeAbandoned">Whether it may be given up and made elsewhere.</param>
    /// <param name="caller">Ends it, too.</param>
    public void Begin(HttpRequestMessage request, TimeSpan? timeout, bool mayBeAbandoned, CancellationToken caller)
    {
        _mayBeAbandoned = mayBeAbandoned;
        _content = request.Content;
        if (request is RoutedRequestMessage routed) routed.Scope = this;
        else request.Options.Set(Key, this);
        if (timeout is { } time)
        {
            _routing = RequestRouting.GetOrCreate(request);
            _routing.TimedOut = false;
            StartTimer(time);
        }

        if (caller.CanBeCanceled) _caller = caller.UnsafeRegister(static s => ((AttemptScope)s!).Cancel(), this);
    }

    /// <summary>The attempt waits for an answer there.</summary>
    public void WaitAt(Destination destination)
    {
        if (!_mayBeAbandoned || _waitsAt is not null) return;
        _waitsAt = destination;
        destination.Waiting.Add(this);
    }

    /// <summary>The attempt is answered or has failed: cuts all ties.</summary>
    /// <returns>Whether the scope can serve another attempt.</returns>
    public bool Complete(HttpRequestMessage request)
    {
        if (request is RoutedRequestMessage routed) routed.Scope = null;
        else request.Options.Set(Key, null);
        _waitsAt?.Waiting.Remove(this);
        _waitsAt = null;
        _content = null;
        Part = null;
        if (_routing is not null) StopTimer();
        _caller.Dispose();
        _caller = default;
        return End == AttemptEnd.None && _ending.TryReset();
    }

    /// <summary>Says why the attempt ends. To be followed by <see cref="Cancel"/>.</summary>
    public bool TryMark(AttemptEnd end) => Interlocked.CompareExchange(ref _end, (int)end, (int)AttemptEnd.None) == (int)AttemptEnd.None;

    /// <summary>Fires the token.</summary>
    public void Cancel() => _ending.Cancel();

    /// <summary>Puts into words what an attempt failed with that was ended from inside.</summary>
    public Exception Explain(Exception e)
    {
        if (e is not OperationCanceledException) return e;
        return End switch
        {
            AttemptEnd.TimedOut => new AttemptException(
                new(AttemptFailureKinds.HttpResponseTimeout, FailureSide.Destination, SentState.Unknown), "No answer came in the time that an attempt has.", new TimeoutException(e.Message, e)),
            AttemptEnd.Abandoned => new AttemptException(
                new(AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination, SentState.Unknown), "The destination was given up while its answer was awaited.", e),
            _ => e,
        };
    }

    /// <summary>Drops what a scope holds that will not serve again. Its token stays: somebody may still look at it, or be about to fire it, and it holds nothing.</summary>
    public void Dispose() => _timer?.Dispose();

    private void StartTimer(TimeSpan time)
    {
        lock (_lock)
        {
            _isActive = true;
            _due = _time.GetTimestamp() + (long)(time.TotalSeconds * _time.TimestampFrequency);
            if (_timer is null)
            {
                using (ExecutionContext.SuppressFlow())
                    _timer = _time.CreateTimer(static s => ((AttemptScope)s!).OnTimer(), this, time, Timeout.InfiniteTimeSpan);
            }
            else _timer.Change(time, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopTimer()
    {
        lock (_lock)
        {
            _isActive = false;
            _routing = null;
            _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (!_isActive) return;
            // A late call of the attempt before, or a timer that is a little early.
            var left = _due - _time.GetTimestamp();
            if (left > 0)
            {
                _timer!.Change(TimeSpan.FromSeconds((double)left / _time.TimestampFrequency) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }

            if (!TryMark(AttemptEnd.TimedOut)) return;
            _routing!.TimedOut = true;
        }

        Cancel();
    }
}
