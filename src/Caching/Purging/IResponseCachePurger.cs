namespace Net2Secure.Routing.Caching;

/// <summary>Takes stored responses out of use, for all clients and routes that share the store.</summary>
/// <remarks>
/// Thread-safe; a service of the application (<c>AddNet2ResponseCache</c>). Once a call has ended, what it concerns is not served any more by this process, be it stored or on its way into the store. Where processes share
/// a store, the others follow within the time that the store names.
/// </remarks>
public interface IResponseCachePurger
{
    /// <summary>Purges.</summary>
    /// <param name="purge">What is to go, or to become stale.</param>
    /// <param name="cancellationToken">Stops waiting. The purge holds all the same.</param>
    /// <returns>What has come of it. A store that fails is told by <see cref="CachePurgeResult.IsComplete"/>, not by an exception.</returns>
    ValueTask<CachePurgeResult> PurgeAsync(CachePurge purge, CancellationToken cancellationToken = default);
}
