using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>Joins the cache to forwarded requests: their keys, the copies that are sent in their place, and what clients and destinations are told of them.</summary>
internal sealed class RouteCacheRequests : ICacheRequests
{
    public static RouteCacheRequests Instance { get; } = new();

    public bool TryGetKey(HttpRequestMessage request, string partition, out CacheKey key)
    {
        key = default;
        if (request is not ForwardedRequestMessage { ReceivedTarget: { Length: > 0 } target } forwarded || target == "*") return false;
        key = CacheKeyReader.Read(forwarded.Context.Request, target, partition);
        return true;
    }

    public bool WantsDecision(HttpRequestMessage request) => request is ForwardedRequestMessage { Record.WantsCache: true };

    public void Decided(HttpRequestMessage request, string decision) => ((ForwardedRequestMessage)request).Record!.Cache = decision;

    public void Note(HttpRequestMessage request, string result)
    {
        if (request is ForwardedRequestMessage { Record: { } record }) record.CacheResult = result;
    }

    public HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var forwarded = (ForwardedRequestMessage)request;
        var copy = new FetchRequestMessage(forwarded.IsClientSecure);
        forwarded.CopyTo(copy);
        copy.UseJournal(forwarded.Journal);
        if (forwarded.Routing is { } routing) copy.Routing = routing.Copy();
        if (forwarded.OnInterimResponse is not null) copy.ExpectInterimResponses();
        else copy.OnInterimResponse = null;
        return copy;
    }

    public async Task WaitAsync(HttpRequestMessage request, HttpRequestMessage copy, Task answered, CancellationToken cancellationToken)
    {
        var (forwarded, fetch) = ((ForwardedRequestMessage)request, (FetchRequestMessage)copy);
        while (fetch.InterimArrival is { } arrival)
        {
            await Task.WhenAny(answered, arrival).WaitAsync(cancellationToken).ConfigureAwait(false);
            // Those that came before the answer go before it, even where it is there by now.
            while (fetch.TryTakeInterim(out var interim)) await forwarded.OnInterimResponse!(forwarded, interim, cancellationToken).ConfigureAwait(false);
            if (answered.IsCompleted) return;
        }

        await answered.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public bool Answered(HttpRequestMessage request, HttpRequestMessage copy, bool isPassed)
    {
        var (forwarded, fetch) = ((ForwardedRequestMessage)request, (FetchRequestMessage)copy);
        if (isPassed)
        {
            forwarded.Adopt(fetch);
            return true;
        }

        forwarded.TakeDestination(fetch);
        // The client is the one who notices that a body has stopped coming.
        forwarded.SentInstead = fetch;
        return false;
    }

    public void Left(HttpRequestMessage request, HttpRequestMessage copy)
    {
        var (forwarded, fetch) = ((ForwardedRequestMessage)request, (FetchRequestMessage)copy);
        forwarded.TakeDestination(fetch);
        fetch.IsLate = forwarded.IsOutOfTime;
    }

    public void Arriving(HttpRequestMessage copy, Action giveUp) => ((FetchRequestMessage)copy).GiveUp = giveUp;

    public void Joined(HttpRequestMessage request, HttpRequestMessage copy) => ((ForwardedRequestMessage)request).SentInstead = (FetchRequestMessage)copy;

    public void Cut(HttpRequestMessage copy, HttpResponseMessage response, Exception reason)
    {
        var failure = reason is AttemptException attempt ? attempt.Failure : new AttemptFailure(AttemptFailureKinds.HttpResponseIncomplete, FailureSide.Destination, SentState.AnswerBegun);
        if (reason is AttemptException or HttpRequestException or HttpIOException) ((FetchRequestMessage)copy).TellCut(response, failure);
    }
}
