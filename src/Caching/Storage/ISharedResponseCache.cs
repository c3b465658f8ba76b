namespace Net2Secure.Routing.Caching;

/// <summary>A store that other processes use as well. Beside <see cref="IResponseCache"/>; thread-safe like it.</summary>
/// <remarks>A store that is shared and does not implement this keeps what other processes have purged in the memory of this one, for as long as it is fresh. What is removed or purged there is so for all of them, and they are told. That a process has a newer response of its own, or one that is too large for the store, is no reason to take theirs from the others.</remarks>
public interface ISharedResponseCache : IPurgeSource
{
    /// <summary>Takes out of the store what it has under a key, and tells nobody.</summary>
    /// <returns>How many responses there were.</returns>
    ValueTask<int> ForgetAsync(CacheKey key, CancellationToken cancellationToken);
}
