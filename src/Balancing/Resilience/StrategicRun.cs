using Polly;
using Polly.Timeout;

namespace Net2Secure.Routing.Balancing;

/// <summary>Makes the attempts of a request inside the strategies of the user's own.</summary>
internal static class StrategicRun
{
    public static async Task<HttpResponseMessage> SendAsync(ResilienceHandler handler, ClusterResilience resilience, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(ResilienceKeys.Request, request);
        try
        {
            return await resilience.Strategies!.ExecuteAsync(
                static (context, run) =>
                {
                    // Again, perhaps: then with all destinations.
                    RequestRouting.Of(run.Request)?.ExcludeNobody();
                    return new ValueTask<HttpResponseMessage>(run.Handler.SendAsync(run.Resilience, run.Request, context.CancellationToken));
                },
                context,
                (Handler: handler, Resilience: resilience, Request: request)).ConfigureAwait(false);
        }
        catch (ExecutionRejectedException e)
        {
            throw Explain(e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public static HttpResponseMessage Send(ResilienceHandler handler, ClusterResilience resilience, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(ResilienceKeys.Request, request);
        try
        {
            return resilience.Strategies!.Execute(
                static (context, run) =>
                {
                    RequestRouting.Of(run.Request)?.ExcludeNobody();
                    return run.Handler.Send(run.Resilience, run.Request, context.CancellationToken);
                },
                context,
                (Handler: handler, Resilience: resilience, Request: request));
        }
        catch (ExecutionRejectedException e)
        {
            throw Explain(e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A strategy that says no, or that time is up, says it in words that callers of a cluster know.</summary>
    private static AttemptException Explain(ExecutionRejectedException e) => e is TimeoutRejectedException
        ? new(new(AttemptFailureKinds.HttpResponseTimeout, FailureSide.Destination, SentState.Unknown), "No answer came in the time that a strategy of the application allows.", e)
        : new(new(AttemptFailureKinds.DestinationUnavailable, FailureSide.Proxy, SentState.NotConnected), "A strategy of the application does not let the request pass.", e);
}
