using Polly;
using Polly.Hedging;

namespace Net2Secure.Routing.Balancing;

/// <summary>The first attempt of a request that may be hedged, and those beside it: the first good answer wins.</summary>
/// <remarks>
/// Each attempt has a message of its own, the first one too: who loses may go on for a moment with what it was given, while the request itself belongs to the winner. The strategy is handed
/// the attempts and not their answers, as these are let go here.
/// </remarks>
internal sealed class HedgedRun
{
    private static readonly ResiliencePropertyKey<HedgedRun> Key = new("Net2Secure.Routing.Balancing.HedgedRun");

    private readonly ResilienceHandler _handler;
    private readonly RequestAttempts _attempts;
    private readonly Lock _lock = new();
    private readonly List<HedgedLeg> _legs = new(2);
    private HedgedLeg? _winner;

    private HedgedRun(ResilienceHandler handler, in RequestAttempts attempts)
    {
        _handler = handler;
        _attempts = attempts;
    }

    /// <summary>Builds the strategy for the settings of a cluster.</summary>
    public static ResiliencePipeline<HedgedLeg> Build(HedgingOptions options, Cluster cluster) => new ResiliencePipelineBuilder<HedgedLeg> { Name = cluster.Id, TimeProvider = cluster.Time }
        .AddHedging(new HedgingStrategyOptions<HedgedLeg>
        {
            MaxHedgedAttempts = options.MaxAttempts - 1,
            // A failure without anybody left to wait for is a matter of retries.
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { } leg && Of(args.Context).IsToBeOutdone(leg)),
            DelayGenerator = static args => ValueTask.FromResult(Of(args.Context).Delay()),
            ActionGenerator = static args => Of(args.PrimaryContext).TryBegin() is { } leg ? Attempt(Of(args.PrimaryContext), leg, args.ActionContext) : null,
        })
        .Build();

    /// <summary>Makes the attempts, and retries where all of them fail.</summary>
    public static async Task<HttpResponseMessage> SendAsync(ResilienceHandler handler, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        var run = new HedgedRun(handler, attempts);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(Key, run);
        HedgedLeg winner;
        try
        {
            winner = await attempts.Settings.HedgedAttempts!.ExecuteAsync(static (context, run) => run.FirstAsync(context), context, run).ConfigureAwait(false);
        }
        catch
        {
            run.Settle(null);
            attempts.End(run._legs.Count);
            throw;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        var made = run.Settle(winner);
        if (winner.Response is { } response && !attempts.IsFailure(response))
        {
            attempts.End(made);
            return response;
        }

        return await new RetryRun(handler, attempts, winner.Response, winner.Exception, winner.WasAbandoned, cancellationToken, made).GoOnAsync().ConfigureAwait(false);
    }

    private static HedgedRun Of(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    private static Func<ValueTask<Outcome<HedgedLeg>>> Attempt(HedgedRun run, HedgedLeg leg, ResilienceContext context) =>
        async () => Outcome.FromResult(await run.AttemptAsync(leg, context.CancellationToken).ConfigureAwait(false));

    private ValueTask<HedgedLeg> FirstAsync(ResilienceContext context)
    {
        var leg = new HedgedLeg(Copy(_attempts.Request.Content));
        lock (_lock) _legs.Add(leg);
        return AttemptAsync(leg, context.CancellationToken);
    }

    private async ValueTask<HedgedLeg> AttemptAsync(HedgedLeg leg, CancellationToken cancellationToken)
    {
        var began = _attempts.Resilience.Cluster.Time.GetTimestamp();
        var scope = _attempts.Begin(leg.Request, cancellationToken);
        var sending = _handler.AttemptAsync(leg.Request, scope?.Token ?? cancellationToken);
        try
        {
            // Whoever has lost is not waited for, even if something on its way takes its time to hear of it.
            leg.Response = await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!sending.IsCompleted)
        {
            leg.Exception = e;
            _ = DiscardLaterAsync(sending, leg, scope);
            return Done(leg, began, isGone: true);
        }
        catch (Exception e)
        {
            leg.Exception = scope?.Explain(e) ?? e;
            leg.WasAbandoned = scope?.End == AttemptEnd.Abandoned;
        }

        _attempts.Complete(scope, leg.Request);
        if (leg.Response is not null) _attempts.CountAnswer(leg.Response);
        return Done(leg, began, isGone: false);
    }

    private HedgedLeg Done(HedgedLeg leg, long began, bool isGone)
    {
        bool isLoser;
        lock (_lock)
        {
            leg.IsDone = true;
            leg.IsGone = isGone;
            isLoser = _winner is not null && !ReferenceEquals(_winner, leg);
        }

        // What lost took at least so long.
        if (leg.Response is not null || isLoser || isGone) _attempts.Resilience.Latencies.Add(_attempts.Resilience.Cluster.Time.GetElapsedTime(began));
        if (isLoser && !isGone) leg.Discard();
        return leg;
    }

    private async Task DiscardLaterAsync(Task<HttpResponseMessage> sending, HedgedLeg leg, AttemptScope? scope)
    {
        try
        {
            (await sending.ConfigureAwait(false)).Dispose();
        }
        catch (Exception)
        {
            // That it was cancelled, most likely; nobody waits for it any more.
        }

        _attempts.Complete(scope, leg.Request);
        leg.Discard();
    }

    private TimeSpan Delay()
    {
        var hedging = _attempts.Settings.Hedging!;
        return hedging.Delay ?? _attempts.Resilience.Latencies.Percentile(hedging.Percentile) ?? Timeout.InfiniteTimeSpan;
    }

    private bool IsToBeOutdone(HedgedLeg leg)
    {
        if (leg.Response is { } response && !_attempts.IsFailure(response)) return false;
        lock (_lock)
        {
            foreach (var other in _legs)
            {
                if (!other.IsDone) return true;
            }
        }

        return false;
    }

    private HedgedLeg? TryBegin()
    {
        if (RequestRouting.Of(_attempts.Request) is { PinnedOnly: true } || !Repeatability.TryCopy(_attempts.Request.Content, out var content)) return null;
        lock (_lock)
        {
            if (_winner is not null || !IsAnyoneLeft_NeedsLock() || !_attempts.Resilience.Budget.TryTake(ExtraAttempt.Hedge)) return null;
            var leg = new HedgedLeg(Copy(content));
            // Interim responses are the first attempt's to pass on: a client is to see one series of them.
            if (leg.Request is RoutedRequestMessage routed) routed.OnInterimResponse = null;
            var routing = RequestRouting.GetOrCreate(leg.Request);
            routing.Attempts = _legs.Count + 1;
            foreach (var other in _legs)
            {
                if (other.Destination is { } destination) routing.Exclude(destination);
            }

            _legs.Add(leg);
            return leg;
        }
    }

    private bool IsAnyoneLeft_NeedsLock()
    {
        return _attempts.Resilience.Cluster.Snapshot.CouldPick(
            _attempts.Request,
            (_legs, _attempts.Resilience.Circuits),
            static (state, candidate) => state._legs.TrueForAll(leg => !ReferenceEquals(leg.Destination, candidate)) && state.Circuits.MayAdmit(candidate));
    }

    private HttpRequestMessage Copy(HttpContent? content)
    {
        var copy = RequestCopy.Of(_attempts.Request, content);
        if (RequestRouting.Of(_attempts.Request) is { } routing) RequestRouting.Set(copy, routing.Copy());
        return copy;
    }

    /// <summary>Decides: the request becomes the winner's, the others are let go now or when they end.</summary>
    /// <returns>How many attempts there were.</returns>
    private int Settle(HedgedLeg? winner)
    {
        List<HedgedLeg> losers = [];
        int made;
        lock (_lock)
        {
            _winner = winner ?? new HedgedLeg(_attempts.Request);
            made = _legs.Count;
            foreach (var leg in _legs)
            {
                if (leg.IsDone && !ReferenceEquals(leg, winner)) losers.Add(leg);
            }
        }

        foreach (var loser in losers)
        {
            if (loser.Destination is { } destination) RequestRouting.GetOrCreate(_attempts.Request).Exclude(destination);
            if (!loser.IsGone) loser.Discard();
        }

        if (winner is not null) RequestCopy.Adopt(_attempts.Request, winner.Request, winner.Response);
        if (made > 1) RequestRouting.GetOrCreate(_attempts.Request).Attempts = made;
        return made;
    }
}
