using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.Pipeline;

/// <summary>Makes the handlers that a route adds to the pipeline of its cluster, outermost first.</summary>
internal static class RouteHandlers
{
    /// <param name="cache">The cache of the route; <see langword="null"/>: it has none.</param>
    /// <param name="invalidation">What forgets for the caches of other routes; <see langword="null"/>: there are none.</param>
    public static IReadOnlyList<DelegatingHandler> Create(CachingEngine? cache, CachingEngine? invalidation)
    {
        var handlers = new List<DelegatingHandler>();

        // Answers what it can before anything else is done for the request.
        if (cache is not null) handlers.Add(new CachingHandler(cache));
        else if (invalidation is not null) handlers.Add(new InvalidationHandler(invalidation));
        return handlers;
    }
}
