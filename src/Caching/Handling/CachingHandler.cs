namespace Net2Secure.Routing.Caching;

/// <summary>A shared cache (RFC 9111) in front of the handlers behind it: answers from the store what it may, and stores of what passes what it may.</summary>
/// <remarks>
/// Stands outside of whatever tries again, so that what it asks for is asked for with the same patience as anything else. Requests that have a body, a condition of a writer or a change of protocol, and those that
/// are not GET or HEAD, pass; what an unsafe one changes is forgotten.
/// </remarks>
internal sealed class CachingHandler : DelegatingHandler
{
    /// <summary>How often the store is looked into where what it had is gone before it could be read.</summary>
    private const int MaxLooks = 2;

    private readonly CachingEngine _engine;
    private readonly CoalescedFetch _fetch;
    private readonly OriginFetch _origin;
    private readonly UnsafeRequests _unsafe;
    private readonly ResponseStoring _storing;

    public CachingHandler(CachingEngine engine)
    {
        _engine = engine;
        _origin = new OriginFetch(engine, SendOnAsync);
        _fetch = new CoalescedFetch(engine, _origin);
        _unsafe = new UnsafeRequests(engine, SendOnAsync);
        _storing = new ResponseStoring(engine);
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!MethodRule.IsGet(request.Method) && !MethodRule.IsHead(request.Method))
            return InvalidationRule.IsUnsafe(request.Method) ? _unsafe.SendAsync(request, cancellationToken) : PassAsync(request, CacheStatus.Method, cancellationToken);
        if (!CacheRequest.IsForCache(request) || !_engine.Requests.TryGetKey(request, _engine.Options.Partition, out var key)) return PassAsync(request, CacheStatus.Bypass, cancellationToken);
        var read = new CacheRequest(request, key, _engine.Options.IgnoreRequestDirectives);
        return read.Directives.NoStore ? PassAsync(request, CacheStatus.Request, cancellationToken) : AnswerAsync(read, cancellationToken);
    }

    /// <summary>Blocks the calling thread, as the synchronous methods of <see cref="HttpClient"/> do.</summary>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    private async Task<HttpResponseMessage> AnswerAsync(CacheRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<CachedResponse> found;
        FetchPlan plan;
        for (var looks = 1; ; looks++)
        {
            found = await _engine.Store.FindAsync(request.Key, cancellationToken).ConfigureAwait(false);
            var stored = SelectionRule.Choose(found, request.Fields, request.HasCredentials);
            plan = new FetchPlan(FetchMode.Plain, null, VariantFor(request, found), found.Count == 0 ? CacheStatus.UriMiss : CacheStatus.VaryMiss);
            if (stored is null) break;
            var use = await UseAsync(request, stored, plan, cancellationToken).ConfigureAwait(false);
            if (use.Response is not null) return use.Response;
            plan = use.Needed;
            // Where a newer one has taken its place between the look and the reading, that one answers.
            if (!use.IsGone || looks == MaxLooks) break;
        }

        if (request.Directives.OnlyIfCached)
        {
            _engine.Note(request.Message, CacheResults.Unavailable);
            return _engine.Status.Unavailable(_engine.Composer.Unavailable(request), "only-if-cached");
        }

        if (request.IsHead) return await HeadAsync(request, plan, cancellationToken).ConfigureAwait(false);
        // Its responses are for those who ask only; nothing is gained by looking after them.
        if (plan.Stored is null && _engine.Shared.Unshared.Contains(request.Key)) return await PassUnsharedAsync(request, plan, cancellationToken).ConfigureAwait(false);
        if (plan.Reason == CacheStatus.VaryMiss && !request.HasConditions && !request.HasRange && !request.WantsOwnAnswer)
            plan = plan with { Offered = ValidationRule.Offerable(found, request.Fields, request.HasCredentials) };
        return await _fetch.SendAsync(request, plan, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers from the store if that is allowed, or tells what is needed of the origin.</summary>
    private async ValueTask<(HttpResponseMessage? Response, FetchPlan Needed, bool IsGone)> UseAsync(CacheRequest request, CachedResponse stored, FetchPlan plan, CancellationToken cancellationToken)
    {
        var policy = stored.Head.Policy;
        var part = RangeRule.Choose(request.IsHead ? new FieldView([]) : request.Fields, stored.Head, stored.Length);
        if (part.Kind == PartKind.NotHeld)
        {
            var canComplete = !request.IsHead && !request.HasRange && RangeRule.CanBeCompleted(stored.Head, stored.Length);
            plan = plan with { Reason = CacheStatus.Partial };
            return (null, canComplete ? plan with { Mode = FetchMode.Complete, Stored = stored } : plan, IsGone: false);
        }

        var now = _engine.Time.GetUtcNow();
        var reuse = ReuseRule.Decide(policy, request.Directives, now);
        if (reuse == Reuse.Validate)
        {
            var isForRequest = policy.IsFreshAt(now) && !policy.Directives.Has(ResponseFlags.NoCache);
            return (null, plan with { Mode = FetchMode.Validate, Stored = stored, Variant = stored.Head.Variant, Reason = isForRequest ? CacheStatus.Request : CacheStatus.Stale }, IsGone: false);
        }

        if (await _engine.Composer.FromStoreAsync(request, stored, cancellationToken).ConfigureAwait(false) is not { } response) return (null, plan with { Reason = CacheStatus.UriMiss }, IsGone: true);
        if (reuse == Reuse.StaleWhileRevalidate) _fetch.RevalidateInBackground(request, stored);
        _engine.Note(request.Message, reuse == Reuse.Fresh ? CacheResults.Hit : CacheResults.Stale);
        return (_engine.Status.Hit(response, policy, now), plan, IsGone: false);
    }

    /// <summary>Sends a HEAD as it is, and lets its answer freshen or put in doubt what is stored (RFC 9111 §4.3.5).</summary>
    private async Task<HttpResponseMessage> HeadAsync(CacheRequest request, FetchPlan plan, CancellationToken cancellationToken)
    {
        var requestTime = _engine.Time.GetUtcNow();
        var stamp = _engine.Shared.StampOf(request.Key);
        var asked = new AskedFor(request);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request.Message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (plan.Mode == FetchMode.Validate && !cancellationToken.IsCancellationRequested)
        {
            if (await _fetch.WithoutOriginAsync(request, plan, cancellationToken).ConfigureAwait(false) is { } answer) return answer;
            throw;
        }

        _engine.Note(request.Message, CacheResults.Pass);
        if (plan.Stored is not { } stored || (int)response.StatusCode != 200 || stored.Head.StatusCode != 200) return _engine.Status.Forwarded(response, plan.Reason);
        if (!HeadUpdateRule.IsSame(stored.Head, stored.Length, new FieldView(response)))
        {
            await _engine.Store.UpdateAsync(request.Key, stored, stored.Head.With(isDoubted: true)).ConfigureAwait(false);
            return _engine.Status.Forwarded(response, plan.Reason);
        }

        var merged = _storing.Reread(asked, stored.Head, ValidationRule.Merge(stored.Head, StoredFieldsRule.Collect(response), requestTime, _engine.Time.GetUtcNow()));
        if (_engine.Shared.IsCurrent(request.Key, merged.Tags, stamp) && _storing.MayStore(asked, merged))
        {
            await _engine.Store.UpdateAsync(request.Key, stored, merged).ConfigureAwait(false);
            await _engine.ConfirmAsync(request.Key, merged.Tags, stamp).ConfigureAwait(false);
        }

        if (await _engine.Composer.FromStoreAsync(request, new OverlaidResponse(stored, merged), cancellationToken).ConfigureAwait(false) is not { } composed) return response;
        response.Dispose();
        return _engine.Status.Forwarded(composed, plan.Reason, status: 200);
    }

    private async Task<HttpResponseMessage> PassUnsharedAsync(CacheRequest request, FetchPlan plan, CancellationToken cancellationToken)
    {
        var requestTime = _engine.Time.GetUtcNow();
        var response = await base.SendAsync(request.Message, cancellationToken).ConfigureAwait(false);
        var fields = new FieldView(response);
        var policy = ResponsePolicy.Read((int)response.StatusCode, fields, requestTime, _engine.Time.GetUtcNow(), _engine.AssumedLifetimeOf((int)response.StatusCode));
        var verdict = StoringRule.Decide(
            (int)response.StatusCode, fields, policy, request.HasCredentials, request.Directives, _engine.Options.StoreSetCookie,
            VarianceRule.TryRead(fields.Joined(FieldNames.Vary), request.Fields, out _, out _));
        // It has changed its mind: from the next request on it is stored again.
        if (verdict == StoringVerdict.Store) _engine.Shared.Unshared.Remove(request.Key);
        _engine.Note(request.Message, CacheResults.Pass);
        return _engine.Status.Forwarded(response, plan.Reason);
    }

    private async Task<HttpResponseMessage> PassAsync(HttpRequestMessage request, string reason, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        _engine.Note(request, CacheResults.Pass);
        return _engine.Status.Forwarded(response, reason);
    }

    // By what the last response for the key was chosen by, the next one will be too.
    private static string VariantFor(CacheRequest request, IReadOnlyList<CachedResponse> found) =>
        found.Count == 0 ? "" : VarianceRule.VariantOf(found[^1].Head.SelectingFields, request.Fields);

    private Task<HttpResponseMessage> SendOnAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);
}
