namespace Net2Secure.Routing.Caching;

/// <summary>What had been invalidated and purged by the time a fetch began.</summary>
/// <param name="Invalidations">The stamp of its URI (<see cref="InvalidationStamps"/>).</param>
/// <param name="Purges">How many purges there had been (<see cref="RecentPurges"/>).</param>
internal readonly record struct FetchStamp(long Invalidations, long Purges);
