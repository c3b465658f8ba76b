namespace Net2Secure.Routing.Caching;

/// <summary>What another process has published (<see cref="PublishedPurges"/>).</summary>
/// <param name="LastNumber">The youngest.</param>
/// <param name="Floor">What was stored before this is to be taken for purged.</param>
/// <param name="Records">The purges, in their order.</param>
internal sealed record ReadPurges(long LastNumber, DateTimeOffset Floor, IReadOnlyList<PurgeRecord> Records)
{
    /// <summary>What is younger than what was read before.</summary>
    public IEnumerable<PurgeRecord> After(long seen) => Records.Where(record => record.Number > seen);
}
