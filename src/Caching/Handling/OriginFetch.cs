using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>Asks the origin on behalf of the cache, and decides what becomes of the answer (RFC 9111 §3, §4.3).</summary>
internal sealed class OriginFetch(CachingEngine engine, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
{
    private readonly ResponseStoring _storing = new(engine);

    /// <summary>Sends a request that the cache owns.</summary>
    /// <param name="asked">What the client asked.</param>
    /// <param name="message">What is sent; this takes it over.</param>
    /// <param name="plan">What is wanted.</param>
    /// <param name="flight">Whose fetch this is.</param>
    /// <param name="hasClient">Somebody reads the body besides the store.</param>
    public async Task<FetchOutcome> RunAsync(AskedFor asked, HttpRequestMessage message, FetchPlan plan, Flight flight, bool hasClient)
    {
        if (plan.AsksByOurs) ValidationRule.SetConditions(message, plan.Stored!.Head.Policy);
        if (plan.Offered.Count > 0) ValidationRule.SetTags(message, plan.Offered);
        if (plan.Mode == FetchMode.Complete) SetRest(message, plan.Stored!);
        var requestTime = engine.Time.GetUtcNow();
        HttpResponseMessage response;
        try
        {
            response = await send(message, flight.Cancellation).ConfigureAwait(false);
        }
        catch (Exception)
        {
            message.Dispose();
            if (plan.Mode == FetchMode.Validate && !flight.Cancellation.IsCancellationRequested && WithoutAnswer(plan.Stored!) is { } outcome) return outcome;
            throw;
        }

        var answer = new Answer(response, message, requestTime, engine.Time.GetUtcNow());
        return plan.Mode switch
        {
            FetchMode.Validate => await ValidatedAsync(asked, answer, plan, flight, hasClient).ConfigureAwait(false),
            FetchMode.Complete => await CompletedAsync(asked, answer, plan.Stored!, flight, hasClient).ConfigureAwait(false),
            _ when answer.Status == 304 && plan.Offered.Count > 0 => await VariantAsync(asked, answer, plan.Offered, flight, hasClient).ConfigureAwait(false),
            _ => _storing.PassOrStore(asked, answer, flight, hasClient),
        };
    }

    /// <summary>What is left when the origin cannot be reached; <see langword="null"/>: nothing but to say so.</summary>
    public FetchOutcome? WithoutAnswer(CachedResponse stored)
    {
        var policy = stored.Head.Policy;
        if (StaleRule.MayServeWhenUnreachable(policy, engine.Time.GetUtcNow(), engine.Options.MaxStaleWhenUnreachable)) return new FetchOutcome.Stale(stored, null);
        return StaleRule.IsForbidden(policy.Directives) ? new FetchOutcome.Unreachable() : null;
    }

    private async Task<FetchOutcome> ValidatedAsync(AskedFor asked, Answer answer, FetchPlan plan, Flight flight, bool hasClient)
    {
        var stored = plan.Stored!;
        if (StatusRules.IsError(answer.Status) && StaleRule.MayServeOnError(stored.Head.Policy, answer.ResponseTime))
        {
            answer.Dispose();
            return new FetchOutcome.Stale(stored, answer.Status);
        }

        // A failure says nothing of the representation, so that it must not take its place (RFC 9111 §4.3.3).
        if (answer.Status >= 500) return answer.Passed(StoringVerdict.Status);
        // A part of what is stored whole adds nothing to it.
        if (answer.Status == 206 && stored.Head.Policy.Range is null && EntityTag.AreStronglyEqual(new FieldView(answer.Response).First(FieldNames.ETag), stored.Head.Policy.ETag))
            return answer.Passed(StoringVerdict.Useless);
        if (answer.Status != 304 || !plan.AsksByOurs) return _storing.PassOrStore(asked, answer, flight, hasClient);
        if (!ValidationRule.Selects(stored.Head.Policy, new FieldView(answer.Response))) return await WholeAsync(asked, answer, flight, hasClient).ConfigureAwait(false);

        var merged = _storing.Reread(asked, stored.Head, ValidationRule.Merge(stored.Head, StoredFieldsRule.Collect(answer.Response), answer.RequestTime, answer.ResponseTime));
        answer.Dispose();
        var mayStore = _storing.MayStore(asked, merged);
        CachedResponse? updated = null;
        if (mayStore && engine.Shared.IsCurrent(asked.Key, merged.Tags, flight.Stamp))
        {
            updated = await engine.Store.UpdateAsync(asked.Key, stored, merged).ConfigureAwait(false);
            await engine.ConfirmAsync(asked.Key, merged.Tags, flight.Stamp).ConfigureAwait(false);
        }

        return new FetchOutcome.Validated(updated ?? new OverlaidResponse(stored, merged), IsForAll: mayStore);
    }

    /// <summary>The origin has chosen one of the other variants for this request too: from now on it answers both.</summary>
    private async Task<FetchOutcome> VariantAsync(AskedFor asked, Answer answer, IReadOnlyList<CachedResponse> offered, Flight flight, bool hasClient)
    {
        if (Chosen(offered, new FieldView(answer.Response)) is not { } chosen) return await WholeAsync(asked, answer, flight, hasClient).ConfigureAwait(false);
        var merged = _storing.Reread(asked, chosen.Head, ValidationRule.Merge(chosen.Head, StoredFieldsRule.Collect(answer.Response), answer.RequestTime, answer.ResponseTime));
        answer.Dispose();
        var isBounded = VarianceRule.TryRead(new FieldView(merged.Fields).Joined(FieldNames.Vary), asked.Fields, out var selecting, out var variant);
        var head = isBounded ? merged.ForVariant(selecting, variant) : merged;
        var mayStore = _storing.MayStore(asked, head);
        if (mayStore && engine.Shared.IsCurrent(asked.Key, head.Tags, flight.Stamp) && await engine.Store.OpenAsync(chosen, 0, chosen.Length, flight.Cancellation).ConfigureAwait(false) is { } body)
        {
            await engine.Store.StoreCopyAsync(asked.Key, head, body, flight.Cancellation).ConfigureAwait(false);
            await engine.ConfirmAsync(asked.Key, head.Tags, flight.Stamp).ConfigureAwait(false);
        }

        return new FetchOutcome.Validated(new OverlaidResponse(chosen, head), IsForAll: mayStore);
    }

    private static CachedResponse? Chosen(IReadOnlyList<CachedResponse> offered, in FieldView received)
    {
        if (!received.Contains(FieldNames.ETag)) return null;
        for (var i = 0; i < offered.Count; i++)
        {
            if (ValidationRule.Selects(offered[i].Head.Policy, received)) return offered[i];
        }

        return null;
    }

    private async Task<FetchOutcome> CompletedAsync(AskedFor asked, Answer answer, CachedResponse beginning, Flight flight, bool hasClient)
    {
        if (answer.Status == 200) return _storing.PassOrStore(asked, answer, flight, hasClient);
        if (answer.Status == 206 && RangeRule.Completes(beginning.Head, beginning.Length, new FieldView(answer.Response)))
        {
            var prefix = await engine.Store.OpenAsync(beginning, 0, beginning.Length, flight.Cancellation).ConfigureAwait(false);
            if (prefix is not null && _storing.Combine(asked, answer, beginning, prefix, flight, hasClient) is { } combined) return combined;
        }

        return await WholeAsync(asked, answer, flight, hasClient).ConfigureAwait(false);
    }

    /// <summary>Asks again, for the whole and without conditions: the answer is of no use.</summary>
    private async Task<FetchOutcome> WholeAsync(AskedFor asked, Answer answer, Flight flight, bool hasClient)
    {
        answer.Response.Dispose();
        var message = answer.Message!;
        foreach (var name in (ReadOnlySpan<string>)[FieldNames.IfNoneMatch, FieldNames.IfModifiedSince, FieldNames.Range, FieldNames.IfRange]) message.Headers.Remove(name);
        var requestTime = engine.Time.GetUtcNow();
        HttpResponseMessage response;
        try
        {
            response = await send(message, flight.Cancellation).ConfigureAwait(false);
        }
        catch (Exception)
        {
            message.Dispose();
            throw;
        }

        return _storing.PassOrStore(asked, new Answer(response, message, requestTime, engine.Time.GetUtcNow()), flight, hasClient);
    }

    private static void SetRest(HttpRequestMessage message, CachedResponse beginning)
    {
        message.Headers.Remove(FieldNames.IfNoneMatch);
        message.Headers.Remove(FieldNames.IfModifiedSince);
        message.Headers.TryAddWithoutValidation(FieldNames.Range, string.Create(CultureInfo.InvariantCulture, $"bytes={beginning.Length}-"));
        message.Headers.TryAddWithoutValidation(FieldNames.IfRange, beginning.Head.Policy.StrongETag);
    }
}
