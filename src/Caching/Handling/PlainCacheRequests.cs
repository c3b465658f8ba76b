namespace Net2Secure.Routing.Caching;

/// <summary>Requests of <see cref="HttpClient"/>: they lean on nothing and nobody counts them.</summary>
internal sealed class PlainCacheRequests : ICacheRequests
{
    public static PlainCacheRequests Instance { get; } = new();

    public bool TryGetKey(HttpRequestMessage request, string partition, out CacheKey key) => KeyRule.TryGet(request, partition, out key);

    public bool WantsDecision(HttpRequestMessage request) => false;

    public void Decided(HttpRequestMessage request, string decision)
    {
    }

    public void Note(HttpRequestMessage request, string result)
    {
    }

    public HttpRequestMessage Copy(HttpRequestMessage request) => RequestCopy.Of(request);

    public Task WaitAsync(HttpRequestMessage request, HttpRequestMessage copy, Task answered, CancellationToken cancellationToken) => answered.WaitAsync(cancellationToken);

    public bool Answered(HttpRequestMessage request, HttpRequestMessage copy, bool isPassed) => false;

    public void Left(HttpRequestMessage request, HttpRequestMessage copy)
    {
    }

    public void Arriving(HttpRequestMessage copy, Action giveUp)
    {
    }

    public void Joined(HttpRequestMessage request, HttpRequestMessage copy)
    {
    }

    public void Cut(HttpRequestMessage copy, HttpResponseMessage response, Exception reason)
    {
    }
}
