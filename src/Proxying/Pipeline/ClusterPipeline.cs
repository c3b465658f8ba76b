using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Pipeline;

/// <summary>The one place that says through which handlers a request passes on its way to a cluster, and in which order.</summary>
internal sealed class ClusterPipeline
{
    private readonly ClusterReference _reference;
    private readonly HttpMessageHandler _inner;

    /// <summary>Puts together what all routes to a cluster share.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="custom">Handlers of the user, outermost first. They see a request once, before a destination is picked.</param>
    /// <param name="transport">What sends, at the bottom.</param>
    /// <exception cref="ArgumentException">A handler is missing or already part of a pipeline.</exception>
    public ClusterPipeline(Cluster cluster, IReadOnlyList<DelegatingHandler> custom, HttpMessageHandler transport)
    {
        _reference = new ClusterReference(cluster);
        List<DelegatingHandler> order =
        [
            // What the user adds sees each request once, with nothing decided yet.
            .. custom,

            // The attempts: resilience, the choice of a destination, observation. The same for clients, so their order is written with them.
            .. AttemptPipeline.Create(_reference),
        ];
        _inner = Link(order, transport);
    }

    /// <summary>The way of one route to the cluster.</summary>
    /// <param name="ofRoute">What the route adds: caching, outside everything that costs, so that a hit costs nothing of it.</param>
    /// <returns>The outermost handler.</returns>
    /// <exception cref="ArgumentException">A handler is missing or already part of a pipeline.</exception>
    public HttpMessageHandler For(IReadOnlyList<DelegatingHandler> ofRoute)
    {
        List<DelegatingHandler> order =
        [
            // Outermost, so that a key for one client is never stored for another, and so that the client is kept on whoever answered in the end.
            new AffinityHandler(_reference),
            .. ofRoute,
        ];
        return Link(order, _inner);
    }

    /// <summary>Links handlers, outermost first, to what sends.</summary>
    public static HttpMessageHandler Link(IReadOnlyList<DelegatingHandler> order, HttpMessageHandler transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        var inner = transport;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var handler = order[i] ?? throw new ArgumentException("A handler of the pipeline is null.", nameof(order));
            if (handler.InnerHandler is not null)
                throw new ArgumentException($"The handler {handler.GetType().Name} is part of a pipeline already: a new instance is needed for each cluster.", nameof(order));
            handler.InnerHandler = inner;
            inner = handler;
        }

        return inner;
    }
}
