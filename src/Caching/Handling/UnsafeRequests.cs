namespace Net2Secure.Routing.Caching;

/// <summary>Sends requests that may change something, and forgets what they have changed (RFC 9111 §4.4).</summary>
/// <param name="engine">What the cache has.</param>
/// <param name="send">Sends on.</param>
/// <param name="stores">Answers may be stored where they serve later GETs.</param>
internal sealed class UnsafeRequests(CachingEngine engine, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, bool stores = true)
{
    private readonly ResponseStoring _storing = new(engine);

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Taken now: what stands behind may address the request elsewhere.
        var hasKey = engine.Requests.TryGetKey(request, engine.Options.Partition, out var key);
        var asked = stores && hasKey && MethodRule.IsPost(request.Method)
            ? new AskedFor(request, key, engine.Options.IgnoreRequestDirectives ? RequestDirectives.None : RequestDirectives.Read(new FieldView(request))) : null;
        var requestTime = engine.Time.GetUtcNow();
        var response = await send(request, cancellationToken).ConfigureAwait(false);
        if (stores) engine.Shared.Metrics.Answered(CacheResults.Pass);
        if (hasKey && InvalidationRule.Succeeded((int)response.StatusCode))
        {
            await InvalidateAsync(key, response).ConfigureAwait(false);
            if (asked is not null) response = StoreForGet(asked, request, response, requestTime);
        }

        return stores ? engine.Status.Forwarded(response, CacheStatus.Method) : response;
    }

    private async Task InvalidateAsync(CacheKey key, HttpResponseMessage response)
    {
        await engine.InvalidateAsync(key).ConfigureAwait(false);
        if (!Uri.TryCreate(key.Uri, UriKind.Absolute, out var target)) return;
        var fields = new FieldView(response);
        await InvalidateAsync(key, target, fields.First(FieldNames.Location)).ConfigureAwait(false);
        await InvalidateAsync(key, target, fields.First(FieldNames.ContentLocation)).ConfigureAwait(false);
    }

    private async Task InvalidateAsync(CacheKey key, Uri target, string? reference)
    {
        foreach (var uri in InvalidationRule.Resolve(target, reference))
        {
            if (uri != key.Uri) await engine.InvalidateAsync(new CacheKey(uri, key.Partition)).ConfigureAwait(false);
        }
    }

    private HttpResponseMessage StoreForGet(AskedFor asked, HttpRequestMessage request, HttpResponseMessage response, DateTimeOffset requestTime)
    {
        var responseTime = engine.Time.GetUtcNow();
        var fields = new FieldView(response);
        var policy = ResponsePolicy.Read((int)response.StatusCode, fields, requestTime, responseTime);
        if (!Uri.TryCreate(asked.Key.Uri, UriKind.Absolute, out var target) || !PostRule.AnswersGet((int)response.StatusCode, target, fields, policy)) return response;
        var flight = engine.Flights.Alone(new FlightKey(asked.Key, ""), Timeout.InfiniteTimeSpan);
        var outcome = _storing.PassOrStore(asked, new Answer(response, null, requestTime, responseTime), flight, hasClient: true);
        flight.Leave();
        return outcome is FetchOutcome.Storing storing ? ResponseComposer.FromOrigin(request, storing) : response;
    }
}
