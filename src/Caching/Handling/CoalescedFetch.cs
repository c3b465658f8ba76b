namespace Net2Secure.Routing.Caching;

/// <summary>Sees to it that many requests for the same become one to the origin, as long as they can share the answer.</summary>
/// <remarks>
/// One leads, the others follow: they wait for the head, and read the body while it arrives. A follower for whom the answer turns out not to be, by variance, credentials or because it may not be reused,
/// asks itself, and so does one that has waited for too long.
/// </remarks>
internal sealed class CoalescedFetch(CachingEngine engine, OriginFetch origin)
{
    // The first answer tells by what responses vary; with that known once more.
    private const int MaxJoins = 2;

    private int _inBackground;

    public async Task<HttpResponseMessage> SendAsync(CacheRequest request, FetchPlan plan, CancellationToken cancellationToken)
    {
        if (!CanShare(request, plan)) return await AloneAsync(request, plan, cancellationToken).ConfigureAwait(false);
        var variant = plan.Variant;
        for (var joins = 0; joins < MaxJoins; joins++)
        {
            var flight = engine.Flights.Join(new FlightKey(request.Key, variant), out var leads);
            if (leads)
            {
                return await UseWhatHasComeAsync(request, plan, flight, cancellationToken).ConfigureAwait(false)
                    ?? await LeadAsync(request, plan, flight, isShared: true, cancellationToken).ConfigureAwait(false);
            }

            var outcome = await FollowAsync(flight, cancellationToken).ConfigureAwait(false);
            if (outcome is null) break;
            try
            {
                if (await ShareAsync(request, plan, outcome, flight, cancellationToken).ConfigureAwait(false) is { } response) return response;
            }
            finally
            {
                flight.Leave();
            }

            if (HeadOf(outcome) is not { SelectingFields.Count: > 0 } head) break;
            var known = VarianceRule.VariantOf(head.SelectingFields, request.Fields);
            if (known == variant) break;
            variant = known;
        }

        return await UseWhatHasComeAsync(request, plan, led: null, cancellationToken).ConfigureAwait(false)
            ?? await AloneAsync(request, plan, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the origin for a response that is stale, for the sake of those who ask next, unless that is being done or too much of it is (RFC 5861 §3).</summary>
    public void RevalidateInBackground(CacheRequest request, CachedResponse stored)
    {
        if (Interlocked.Increment(ref _inBackground) > engine.Options.MaxBackgroundRevalidations
            || !engine.Flights.TryLead(new FlightKey(request.Key, stored.Head.Variant), engine.Options.BackgroundTimeout, out var flight))
        {
            Interlocked.Decrement(ref _inBackground);
            return;
        }

        _ = RevalidateAsync(request, stored, flight);
    }

    /// <summary>Answers a request for which the origin could not be reached, if what is stored allows that or demands a 504.</summary>
    public ValueTask<HttpResponseMessage?> WithoutOriginAsync(CacheRequest request, FetchPlan plan, CancellationToken cancellationToken) =>
        origin.WithoutAnswer(plan.Stored!) is { } outcome ? AnswerAsync(request, plan, outcome, isCollapsed: false, cancellationToken) : default;

    private static CachedHead? HeadOf(FetchOutcome outcome) => outcome switch
    {
        FetchOutcome.Storing storing => storing.Head,
        FetchOutcome.Validated validated => validated.Response.Head,
        FetchOutcome.Stale stale => stale.Response.Head,
        _ => null,
    };

    private bool CanShare(CacheRequest request, in FetchPlan plan) =>
        engine.Options.CoalescingTimeout > TimeSpan.Zero && plan.Mode != FetchMode.Complete && !request.HasRange && !request.WantsOwnAnswer
        && (!request.HasConditions || plan.AsksByOurs) && !engine.Shared.Unshared.Contains(request.Key)
        // Answers to credentials are hardly ever for all: nobody waits in vain for one, and nobody can stop others from sharing by sending some.
        && (!request.HasCredentials || plan.Stored is not null);

    private Task<HttpResponseMessage> AloneAsync(CacheRequest request, FetchPlan plan, CancellationToken cancellationToken) =>
        LeadAsync(request, plan, engine.Flights.Alone(new FlightKey(request.Key, plan.Variant), Timeout.InfiniteTimeSpan), isShared: false, cancellationToken);

    /// <summary>Looks once more: another fetch may have ended since the first look. Only where looking costs next to nothing, or the request has waited for that fetch: many may have.</summary>
    /// <param name="request">The request.</param>
    /// <param name="plan">What it would ask the origin for.</param>
    /// <param name="led">The fetch that it leads and has not begun.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async ValueTask<HttpResponseMessage?> UseWhatHasComeAsync(CacheRequest request, FetchPlan plan, Flight? led, CancellationToken cancellationToken)
    {
        if (engine.Store.Adopting is null && led is not null) return null;
        CachedResponse? stored;
        HttpResponseMessage? response;
        try
        {
            var found = await engine.Store.FindAsync(request.Key, cancellationToken).ConfigureAwait(false);
            stored = SelectionRule.Choose(found, request.Fields, request.HasCredentials);
            if (stored is null || stored == plan.Stored || ReuseRule.Decide(stored.Head.Policy, request.Directives, engine.Time.GetUtcNow()) != Reuse.Fresh) return null;
            response = await engine.Composer.FromStoreAsync(request, stored, cancellationToken).ConfigureAwait(false);
            if (response is null) return null;
        }
        catch (Exception e)
        {
            // Those who follow must not wait for what never begins.
            if (led is not null) engine.Flights.Remove(led);
            led?.SetFailure(new OperationCanceledException("The request that led has given up.", e));
            throw;
        }

        if (led is not null)
        {
            engine.Flights.Remove(led);
            led.SetOutcome(new FetchOutcome.Validated(stored, IsForAll: true));
            led.Leave();
        }

        engine.Note(request.Message, CacheResults.Hit);
        return engine.Status.Hit(response, stored.Head.Policy, engine.Time.GetUtcNow());
    }

    private async Task<HttpResponseMessage> LeadAsync(CacheRequest request, FetchPlan plan, Flight flight, bool isShared, CancellationToken cancellationToken)
    {
        var copy = Copy(request, flight);
        _ = FetchAsync(request, copy, plan, flight, hasClient: true);
        FetchOutcome outcome;
        try
        {
            await engine.Requests.WaitAsync(request.Message, copy, flight.Outcome, cancellationToken).ConfigureAwait(false);
            outcome = await flight.Outcome.ConfigureAwait(false);
        }
        catch (Exception)
        {
            engine.Requests.Left(request.Message, copy);
            // Where it was the fetch that failed, there is nothing to be let go.
            flight.Abandon();
            throw;
        }

        if (engine.Requests.Answered(request.Message, copy, outcome is FetchOutcome.Passed) && outcome is FetchOutcome.Passed { Response: { Content: PassedContent passed } response }) response.Content = passed.Inner;
        flight.Leave();
        if (isShared) Learn(request, outcome);
        return await AnswerAsync(request, plan, outcome, isCollapsed: false, cancellationToken).ConfigureAwait(false)
            // The stored body is gone, as after an eviction: what is left is to ask for all of it.
            ?? await AloneAsync(request, plan with { Mode = FetchMode.Plain, Stored = null, Offered = [] }, cancellationToken).ConfigureAwait(false);
    }

    private HttpRequestMessage Copy(CacheRequest request, Flight flight)
    {
        try
        {
            return engine.Requests.Copy(request.Message);
        }
        catch (Exception e)
        {
            engine.Flights.Remove(flight);
            flight.SetFailure(e);
            throw;
        }
    }

    private async Task FetchAsync(CacheRequest request, HttpRequestMessage message, FetchPlan plan, Flight flight, bool hasClient)
    {
        try
        {
            var asked = new AskedFor(request);
            var outcome = hasClient ? null : await FreshByNowAsync(asked.Key, plan.Variant).ConfigureAwait(false);
            if (!hasClient) ForNobody(message);
            if (outcome is null) outcome = await origin.RunAsync(asked, message, plan, flight, hasClient).ConfigureAwait(false);
            else message.Dispose();
            // One that goes on arriving can be joined until it is stored.
            if (outcome is not FetchOutcome.Storing) engine.Flights.Remove(flight);
            flight.SetOutcome(outcome);
        }
        catch (Exception e)
        {
            engine.Flights.Remove(flight);
            flight.SetFailure(e);
        }
    }

    private async Task<FetchOutcome?> FollowAsync(Flight flight, CancellationToken cancellationToken)
    {
        try
        {
            return await flight.WaitAsync(engine.Options.CoalescingTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            flight.Leave();
            throw;
        }
        catch (Exception e)
        {
            // Whoever leads has failed, and so will the others: one after the other they would only wait for it again.
            if (flight.Outcome.IsFaulted && e is not OperationCanceledException) throw new HttpRequestException("The request that this one waited for, for the same response, has failed.", e);
            flight.Leave();
            return null;
        }
    }

    /// <summary>Answers a follower, if the answer is for it too.</summary>
    private async Task<HttpResponseMessage?> ShareAsync(CacheRequest request, FetchPlan plan, FetchOutcome outcome, Flight flight, CancellationToken cancellationToken)
    {
        if (outcome is FetchOutcome.Unreachable) return await AnswerAsync(request, plan, outcome, isCollapsed: true, cancellationToken).ConfigureAwait(false);
        if (outcome is FetchOutcome.Validated { IsForAll: false }) return null;
        if (HeadOf(outcome) is not { } head || !VarianceRule.Matches(head, request.Fields)) return null;
        if (request.HasCredentials && !StoringRule.AllowsCredentials(head.Policy.Directives)) return null;
        var now = engine.Time.GetUtcNow();
        if (outcome is not FetchOutcome.Stale && ReuseRule.Decide(head.Policy, request.Directives, now) == Reuse.Validate) return null;
        if (outcome is not FetchOutcome.Storing storing) return await AnswerAsync(request, plan, outcome, isCollapsed: true, cancellationToken).ConfigureAwait(false);
        if (head.Policy.Range is not null || !storing.Body.TryOpen(isClient: true, out var body)) return null;
        flight.CancelAfter(Timeout.InfiniteTimeSpan);
        if (storing.Message is { } copy) engine.Requests.Joined(request.Message, copy);
        engine.Note(request.Message, CacheResults.Collapsed);
        return engine.Status.Forwarded(engine.Composer.FromBody(request, head, body), plan.Reason, isCollapsed: true);
    }

    private async ValueTask<HttpResponseMessage?> AnswerAsync(CacheRequest request, FetchPlan plan, FetchOutcome outcome, bool isCollapsed, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case FetchOutcome.Passed passed:
                passed.Response.RequestMessage = request.Message;
                engine.Note(request.Message, CacheResults.Pass);
                return engine.Status.Forwarded(passed.Response, plan.Reason);
            case FetchOutcome.Storing storing:
                engine.Note(request.Message, CacheResults.Miss);
                return engine.Status.Forwarded(engine.Composer.FromOrigin(request, storing, plan.WithholdsConditions), plan.Reason, isStored: true);
            case FetchOutcome.Unreachable:
                engine.Note(request.Message, CacheResults.Unavailable);
                return engine.Status.Unavailable(engine.Composer.Unavailable(request), "unreachable");
            default:
                var (response, status) = outcome is FetchOutcome.Stale stale ? (stale.Response, stale.Status) : (((FetchOutcome.Validated)outcome).Response, 304);
                if (await engine.Composer.FromStoreAsync(request, response, cancellationToken).ConfigureAwait(false) is not { } answer) return null;
                engine.Note(request.Message, isCollapsed ? CacheResults.Collapsed : outcome is FetchOutcome.Stale ? CacheResults.Stale : CacheResults.Revalidated);
                return engine.Status.Forwarded(answer, plan.Reason, status, isCollapsed: isCollapsed);
        }
    }

    /// <summary>Remembers whether waiting for one another is of use for this key.</summary>
    private void Learn(CacheRequest request, FetchOutcome outcome)
    {
        var head = HeadOf(outcome);
        if (outcome is FetchOutcome.Passed { Verdict: not StoringVerdict.Outdated } || (head is not null && outcome is not FetchOutcome.Stale && ReuseRule.Decide(head.Policy, RequestDirectives.None, engine.Time.GetUtcNow()) == Reuse.Validate))
            engine.Shared.Unshared.Add(request.Key);
    }

    private async Task RevalidateAsync(CacheRequest request, CachedResponse stored, Flight flight)
    {
        try
        {
            await FetchAsync(request, Copy(request, flight), new FetchPlan(FetchMode.Validate, stored, stored.Head.Variant, CacheStatus.Stale), flight, hasClient: false).ConfigureAwait(false);
            var outcome = await flight.Outcome.ConfigureAwait(false);
            if (outcome is FetchOutcome.Passed passed) passed.Response.Dispose();
            if (outcome is FetchOutcome.Storing storing) await storing.Pumped.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            CachingLog.BackgroundFailed(engine.Logger, e);
        }
        finally
        {
            Interlocked.Decrement(ref _inBackground);
            flight.Dispose();
        }
    }

    /// <summary>Looks once more before the origin is asked in the background: what a request has found stale may have been made fresh between its look and the moment it leads.</summary>
    private async ValueTask<FetchOutcome?> FreshByNowAsync(CacheKey key, string variant)
    {
        var found = await engine.Store.FindAsync(key, CancellationToken.None).ConfigureAwait(false);
        var now = engine.Time.GetUtcNow();
        for (var i = 0; i < found.Count; i++)
        {
            if (found[i].Head is { Policy: { Range: null } policy } head && head.Variant == variant && ReuseRule.Decide(policy, RequestDirectives.None, now) == Reuse.Fresh)
                return new FetchOutcome.Validated(found[i], IsForAll: true);
        }

        return null;
    }

    /// <summary>Asks for all of it, whatever part or condition the client had in mind.</summary>
    private static void ForNobody(HttpRequestMessage message)
    {
        message.Method = HttpMethod.Get;
        foreach (var name in (ReadOnlySpan<string>)[FieldNames.IfNoneMatch, FieldNames.IfModifiedSince, FieldNames.Range, FieldNames.IfRange]) message.Headers.Remove(name);
    }
}
