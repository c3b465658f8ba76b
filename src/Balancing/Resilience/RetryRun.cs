using System.Runtime.ExceptionServices;
using Polly;

namespace Net2Secure.Routing.Balancing;

/// <summary>A request whose first attempt has failed: judges each outcome, and makes the attempts that follow.</summary>
/// <remarks>
/// The first outcome is what the retry strategy is handed as its first: so everything before a failure costs nothing of it. What is kept of an answer that is to be repeated is let go only when
/// the next attempt has an outcome, since it may turn out that there is nobody to make it.
/// </remarks>
internal sealed class RetryRun
{
    private readonly ResilienceHandler _handler;
    private readonly RequestAttempts _attempts;
    private readonly CancellationToken _caller;
    private HttpResponseMessage? _response;
    private Exception? _exception;
    private bool _wasAbandoned;
    private bool _isFirst = true;
    private bool _isOver;
    private int _made = 1;
    private int _seen;
    private int _unsent;

    public RetryRun(ResilienceHandler handler, in RequestAttempts attempts, HttpResponseMessage? response, Exception? exception, bool wasAbandoned, CancellationToken caller, int made = 1)
    {
        _handler = handler;
        _attempts = attempts;
        _response = response;
        _exception = exception;
        _wasAbandoned = wasAbandoned;
        _caller = caller;
        _made = made;
        // Attempts side by side have all been seen, as far as is known.
        _seen = made - 1;
    }

    /// <summary>The wait before the next attempt.</summary>
    public TimeSpan Delay { get; private set; }

    /// <summary>Makes further attempts as long as they may be made.</summary>
    public async Task<HttpResponseMessage> GoOnAsync()
    {
        if (_attempts.Settings.Retries)
        {
            var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, _caller);
            try
            {
                await _attempts.Settings.Retrying.ExecuteAsync(static (_, run) => run.NextAsync(), context, this).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_caller.IsCancellationRequested)
            {
                // In a wait: the outcome there is goes, too.
                End();
                _response?.Dispose();
                throw;
            }
            finally
            {
                ResilienceContextPool.Shared.Return(context);
            }
        }
        else IsTimeout();

        return Finish();
    }

    /// <inheritdoc cref="GoOnAsync"/>
    public HttpResponseMessage GoOn()
    {
        if (_attempts.Settings.Retries)
        {
            try
            {
                _attempts.Settings.Retrying.Execute(static (run, _) => run.Next(), this, _caller);
            }
            catch (OperationCanceledException) when (_caller.IsCancellationRequested)
            {
                End();
                _response?.Dispose();
                throw;
            }
        }
        else IsTimeout();

        return Finish();
    }

    /// <summary>Judges the outcome of the latest attempt; a yes is followed by the next one, after <see cref="Delay"/>.</summary>
    public bool IsToGoOn()
    {
        if (_isOver || _caller.IsCancellationRequested) return false;
        if (Destination is not { } destination) return false; // nobody was picked, so nobody can be left
        if (!IsRepeatable(out var isUnsent, out var isBroken, out var kind)) return false;
        if (isUnsent ? ++_unsent > _attempts.Settings.Retry.MaxUnsentAttempts : ++_seen >= _attempts.Settings.Retry.MaxAttempts) return false;
        var routing = RequestRouting.GetOrCreate(_attempts.Request);
        routing.Exclude(destination);
        var goesBack = !IsAnyoneLeft(routing);
        if (goesBack && (isUnsent || routing.PinnedOnly || !_attempts.Settings.Retry.SameDestination)) return false;
        if (!TryWait(isUnsent, goesBack)) return false;
        // Who gave the attempt up has asked the budget; what nobody has seen is nobody's burden.
        if (!isUnsent && !_wasAbandoned && !_attempts.Resilience.Budget.TryTake(ExtraAttempt.Retry, isBroken)) return false;
        if (goesBack) routing.ExcludeNobody();
        _attempts.Resilience.LogRetry(_made, destination, kind);
        return true;
    }

    private Destination? Destination => _attempts.Request is RoutedRequestMessage routed ? routed.Destination
        : _attempts.Request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination) ? destination : null;

    private async ValueTask<RetryRun> NextAsync()
    {
        if (IsFirstOutcome()) return this;
        var scope = BeginNext();
        try
        {
            Take(scope, await _handler.AttemptAsync(_attempts.Request, scope?.Token ?? _caller).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            Take(scope, e);
        }

        return this;
    }

    private RetryRun Next()
    {
        if (IsFirstOutcome()) return this;
        var scope = BeginNext();
        try
        {
            Take(scope, _handler.Attempt(_attempts.Request, scope?.Token ?? _caller));
        }
        catch (Exception e)
        {
            Take(scope, e);
        }

        return this;
    }

    private bool IsFirstOutcome()
    {
        var isFirst = _isFirst;
        _isFirst = false;
        return isFirst;
    }

    private AttemptScope? BeginNext()
    {
        var routing = RequestRouting.GetOrCreate(_attempts.Request);
        routing.TimedOut = false;
        routing.Attempts = ++_made;
        return _attempts.Begin(_caller, isLast: _seen + 1 >= _attempts.Settings.Retry.MaxAttempts);
    }

    private void Take(AttemptScope? scope, HttpResponseMessage response)
    {
        _attempts.Complete(scope);
        _response?.Dispose();
        (_response, _exception, _wasAbandoned) = (response, null, false);
        _attempts.CountAnswer(response);
        _isOver = !_attempts.IsFailure(response);
    }

    private void Take(AttemptScope? scope, Exception e)
    {
        _attempts.Complete(scope);
        if (e is NoDestinationException)
        {
            // Somebody was left a moment ago and is not any more: what there was is the outcome.
            RequestRouting.GetOrCreate(_attempts.Request).Attempts = --_made;
            _isOver = true;
            return;
        }

        _response?.Dispose();
        (_response, _exception, _wasAbandoned) = (null, scope?.Explain(e) ?? e, scope?.End == AttemptEnd.Abandoned);
    }

    private bool IsRepeatable(out bool isUnsent, out bool isBroken, out string kind)
    {
        (isUnsent, isBroken, kind) = (false, false, "http_status");
        if (_response is not null) return _attempts.IsFailure(_response) && Repeatability.CanBeSent(_attempts.Request.Content);
        if (_exception is null or NoDestinationException) return false;
        var isTimeout = IsTimeout();
        var failure = AttemptFailureReader.Read(_exception, _attempts.Request);
        kind = failure.Kind;
        isUnsent = Repeatability.IsUnsent(failure);
        isBroken = !isUnsent && !isTimeout;
        var isWorthIt = Repeatability.IsWorthRepeating(failure);
        if (isBroken && isWorthIt && !_wasAbandoned) _attempts.Resilience.Budget.CountBroken();
        if (!isUnsent && !(_attempts.MayRepeat && isWorthIt)) return false;
        // Without a connection nobody has asked the body for anything.
        return failure.Sent == SentState.NotConnected || Repeatability.CanBeSent(_attempts.Request.Content);
    }

    /// <summary>Counts what is a sign of overload among failures.</summary>
    private bool IsTimeout()
    {
        var isTimeout = _exception is AttemptException { Failure.Kind: AttemptFailureKinds.HttpResponseTimeout };
        if (isTimeout) _attempts.Resilience.Budget.CountOverload();
        return isTimeout;
    }

    private bool IsAnyoneLeft(RequestRouting routing)
    {
        return !routing.PinnedOnly && _attempts.Resilience.Cluster.Snapshot.CouldPick(
            _attempts.Request,
            (routing, _attempts.Resilience.Circuits),
            static (state, candidate) => !state.routing.Excluded.Holds(candidate) && state.Circuits.MayAdmit(candidate));
    }

    private bool TryWait(bool isUnsent, bool goesBack)
    {
        // The first retry elsewhere, and what nobody has seen, go at once; who is asked again is given time.
        Delay = isUnsent || (_seen == 1 && !goesBack) ? TimeSpan.Zero : Backoff(goesBack ? _seen - 1 : _seen - 2);
        // What a destination says of itself says nothing of another one.
        if (goesBack && _response?.Headers.RetryAfter is { } field)
        {
            var asked = field.Delta ?? field.Date - _attempts.Resilience.Cluster.Time.GetUtcNow() ?? TimeSpan.Zero;
            if (asked > _attempts.Settings.Retry.MaxRetryAfter) return false;
            if (asked > Delay) Delay = asked;
        }

        return _attempts.TimeLeft is not { } left || left > Delay;
    }

    private TimeSpan Backoff(int exponent)
    {
        var retry = _attempts.Settings.Retry;
        var delay = retry.BaseDelay * (1 << Math.Clamp(exponent, 0, 20));
        return (delay < retry.MaxDelay ? delay : retry.MaxDelay) * (0.5 + (_attempts.Resilience.Random.NextDouble() / 2));
    }

    private HttpResponseMessage Finish()
    {
        End();
        if (_response is not null) return _response;
        // With the last connection that could be made gone, it is the cluster that cannot be used.
        if (_exception is AttemptException { Failure.Sent: SentState.NotConnected or SentState.NothingSent } or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
            && _attempts.Resilience.Circuits.IsDown(_attempts.Resilience.Cluster.Snapshot))
        {
            throw new NoDestinationException(_attempts.Resilience.Cluster.Id, _exception);
        }

        ExceptionDispatchInfo.Throw(_exception!);
        return null!;
    }

    private void End() => _attempts.End(_made);
}
