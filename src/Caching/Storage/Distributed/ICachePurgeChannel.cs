namespace Net2Secure.Routing.Caching;

/// <summary>Carries purges to every process that shares a store, and brings those of the others.</summary>
internal interface ICachePurgeChannel : IPurgeSource
{
    /// <summary>Tells the others. What could not be told stays to be told, and is tried again until it has been.</summary>
    /// <exception cref="Exception">The others could not be reached in time.</exception>
    ValueTask PublishAsync(CachePurge purge, CancellationToken cancellationToken);
}
