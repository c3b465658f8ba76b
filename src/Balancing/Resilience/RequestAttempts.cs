namespace Net2Secure.Routing.Balancing;

/// <summary>What all attempts of one request share, as far as it is known from the start. A value, so that a request that needs one attempt pays for none of it.</summary>
internal readonly struct RequestAttempts
{
    private readonly ReplayableContent? _standIn;
    private readonly bool _mayRepeat;

    /// <summary>A request begins.</summary>
    public RequestAttempts(ClusterResilience resilience, HttpRequestMessage request)
    {
        Resilience = resilience;
        Request = request;
        Settings = resilience.Settings;
        Started = Settings.TotalTimeout is null && Settings.Hedging is null ? 0 : resilience.Cluster.Time.GetTimestamp();
        _mayRepeat = Settings.MayRepeat(request.Method);
        resilience.Budget.CountRequest();
        if (request.Content is { } content && Settings.MayNeedBodyAgain(request)) _standIn = Keep(content);
    }

    public ClusterResilience Resilience { get; }

    public HttpRequestMessage Request { get; }

    /// <summary>The settings when the request began: a reload in between does not touch it.</summary>
    public ResilienceSettings Settings { get; }

    /// <summary>When it began, where that matters.</summary>
    public long Started { get; }

    /// <summary>Whether it may be repeated when a destination may have acted on it.</summary>
    public bool MayRepeat => _mayRepeat;

    /// <summary>Whether a second attempt may be made beside the first.</summary>
    public bool IsHedged => Settings.Hedging is not null && Settings.HasOthers && Repeatability.IsIdempotent(Request.Method);

    /// <summary>Time left for the request; <see langword="null"/>: any.</summary>
    public TimeSpan? TimeLeft => Settings.TotalTimeout is { } total ? total - Resilience.Cluster.Time.GetElapsedTime(Started) : null;

    /// <summary>Begins an attempt, with a life of its own if it needs one.</summary>
    /// <param name="caller">Ends it.</param>
    /// <param name="isLast">It is not made elsewhere if it fails.</param>
    public AttemptScope? Begin(CancellationToken caller, bool isLast = false) => Begin(Request, caller, isLast);

    /// <summary>Begins an attempt with this message.</summary>
    public AttemptScope? Begin(HttpRequestMessage request, CancellationToken caller, bool isLast = false)
    {
        var mayBeAbandoned = _mayRepeat && Settings.HasOthers && !isLast;
        var timeout = Settings.AttemptTimeout;
        if (TimeLeft is { } left && !(timeout < left)) timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        if (!mayBeAbandoned && timeout is null) return null;
        var scope = request.Content is null ? Resilience.Scopes.Rent() : new AttemptScope(Resilience.Cluster.Time);
        if (mayBeAbandoned) scope.Part = Resilience.Cluster.Snapshot.PartFor(request);
        scope.Begin(request, timeout, mayBeAbandoned, caller);
        return scope;
    }

    /// <summary>An attempt is answered or has failed.</summary>
    public void Complete(AttemptScope? scope) => Complete(scope, Request);

    /// <inheritdoc cref="Complete(AttemptScope)"/>
    public void Complete(AttemptScope? scope, HttpRequestMessage request)
    {
        if (scope is null) return;
        if (scope.Complete(request) && request.Content is null) Resilience.Scopes.Return(scope);
        else scope.Dispose();
    }

    /// <summary>An answer has come, to be told once: the budget hears of it if it is a sign of overload.</summary>
    public void CountAnswer(HttpResponseMessage response)
    {
        if ((int)response.StatusCode is 502 or 503 or 504) Resilience.Budget.CountOverload();
    }

    /// <summary>Whether an answer is to be treated like a failure.</summary>
    public bool IsFailure(HttpResponseMessage response) => (int)response.StatusCode >= 400 && _mayRepeat && Settings.IsRetried((int)response.StatusCode);

    /// <summary>There will be no other attempt.</summary>
    public void End(int attempts)
    {
        Resilience.Metrics.RecordAttempts(Resilience.Cluster.Id, attempts);
        if (Request.Content is not { } content) return;
        if (_standIn is not null && ReferenceEquals(content, _standIn)) Request.Content = _standIn.Inner;
        (content as IReplayableBody)?.StopKeeping();
    }

    private ReplayableContent? Keep(HttpContent content)
    {
        if (content is IReplayableBody body)
        {
            body.Keep(Settings.Retry.MaxBodyBytes);
            return null;
        }

        if (Repeatability.IsSentAnyNumberOfTimes(content) || content.Headers.ContentLength > Settings.Retry.MaxBodyBytes) return null;
        var standIn = new ReplayableContent(content, Settings.Retry.MaxBodyBytes);
        Request.Content = standIn;
        return standIn;
    }
}
