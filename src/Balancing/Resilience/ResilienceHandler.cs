namespace Net2Secure.Routing.Balancing;

/// <summary>Makes the attempts of a request: the first, and where that fails and may be repeated, others on other destinations.</summary>
/// <remarks>
/// Stands outside the choice of a destination, so that each attempt picks anew. A request whose first attempt succeeds pays for one awaited task and nothing else; all that retries need is
/// made when they are needed.
/// </remarks>
internal sealed class ResilienceHandler(ClusterReference reference) : DelegatingHandler
{
    private ClusterResilience? _known;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Find(request) is not { } resilience) return base.SendAsync(request, cancellationToken);
        return resilience.Strategies is null ? SendAsync(resilience, request, cancellationToken) : StrategicRun.SendAsync(this, resilience, request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Find(request) is not { } resilience) return base.Send(request, cancellationToken);
        return resilience.Strategies is null ? Send(resilience, request, cancellationToken) : StrategicRun.Send(this, resilience, request, cancellationToken);
    }

    /// <summary>Makes one attempt, nothing more.</summary>
    internal Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);

    /// <inheritdoc cref="AttemptAsync"/>
    internal HttpResponseMessage Attempt(HttpRequestMessage request, CancellationToken cancellationToken) => base.Send(request, cancellationToken);

    /// <summary>Makes all attempts that a request needs.</summary>
    internal Task<HttpResponseMessage> SendAsync(ClusterResilience resilience, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempts = new RequestAttempts(resilience, request);
        return attempts.IsHedged ? HedgedRun.SendAsync(this, attempts, cancellationToken) : FirstAsync(attempts, cancellationToken);
    }

    /// <inheritdoc cref="SendAsync(ClusterResilience, HttpRequestMessage, CancellationToken)"/>
    internal HttpResponseMessage Send(ClusterResilience resilience, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempts = new RequestAttempts(resilience, request);
        RetryRun failed;
        var scope = attempts.Begin(cancellationToken);
        try
        {
            var response = base.Send(request, scope?.Token ?? cancellationToken);
            attempts.Complete(scope);
            attempts.CountAnswer(response);
            if (!attempts.IsFailure(response))
            {
                attempts.End(1);
                return response;
            }

            failed = new RetryRun(this, attempts, response, null, false, cancellationToken);
        }
        catch (Exception e)
        {
            attempts.Complete(scope);
            failed = new RetryRun(this, attempts, null, scope?.Explain(e) ?? e, scope?.End == AttemptEnd.Abandoned, cancellationToken);
        }

        return failed.GoOn();
    }

    private async Task<HttpResponseMessage> FirstAsync(RequestAttempts attempts, CancellationToken cancellationToken)
    {
        RetryRun failed;
        var scope = attempts.Begin(cancellationToken);
        try
        {
            var response = await base.SendAsync(attempts.Request, scope?.Token ?? cancellationToken).ConfigureAwait(false);
            attempts.Complete(scope);
            attempts.CountAnswer(response);
            if (!attempts.IsFailure(response))
            {
                attempts.End(1);
                return response;
            }

            failed = new RetryRun(this, attempts, response, null, false, cancellationToken);
        }
        catch (Exception e)
        {
            attempts.Complete(scope);
            failed = new RetryRun(this, attempts, null, scope?.Explain(e) ?? e, scope?.End == AttemptEnd.Abandoned, cancellationToken);
        }

        return await failed.GoOnAsync().ConfigureAwait(false);
    }

    private ClusterResilience? Find(HttpRequestMessage request)
    {
        if (RequestRouting.Of(request) is { SentTo: not null }) return null; // a copy has one attempt
        if (reference.Find() is not { } cluster) return null;
        var known = _known;
        if (known is not null && ReferenceEquals(known.Cluster, cluster)) return known;
        return _known = cluster.Feature<ClusterResilience>();
    }
}
