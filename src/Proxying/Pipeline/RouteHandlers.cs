using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying.Pipeline;

/// <summary>Makes the handlers that a route adds to the pipeline of its cluster, outermost first.</summary>
internal static class RouteHandlers
{
    /// <param name="cache">The cache of the route; <see langword="null"/>: it has none.</param>
    /// <param name="invalidation">What forgets for the caches of other routes; <see langword="null"/>: there are none.</param>
    /// <param name="compression">How the route's responses are compressed; <see langword="null"/>: not.</param>
    /// <param name="hiding">What of destinations the route hides; <see langword="null"/>: nothing.</param>
    /// <param name="cluster">The cluster that answers; only asked where something is hidden.</param>
    public static IReadOnlyList<DelegatingHandler> Create(
        CachingEngine? cache, CachingEngine? invalidation, CompressionSettings? compression = null, HidingSettings? hiding = null, ClusterReference? cluster = null)
    {
        var handlers = new List<DelegatingHandler>();

        // Before the cache looks: what a client accepts becomes the coding that it gets, so that there is one variant for each.
        if (compression is not null) handlers.Add(new AcceptEncodingHandler(compression));

        // Answers what it can before anything else is done for the request.
        if (cache is not null) handlers.Add(new CachingHandler(cache));
        else if (invalidation is not null) handlers.Add(new InvalidationHandler(invalidation));

        // Inside the cache: what is stored is compressed once, however often it is served.
        if (compression is not null) handlers.Add(new CompressionHandler(compression));

        // Inside both: what is hidden is neither stored nor compressed.
        if (hiding is not null) handlers.Add(new HidingHandler(hiding, cluster ?? throw new ArgumentNullException(nameof(cluster))));
        return handlers;
    }
}
