using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>A store as one that is not in this process: it answers later, and copies bodies.</summary>
internal sealed class CopyingStore : IResponseCache
{
    private readonly IResponseCache _inner = new ServiceCollection().AddNet2ResponseCache().BuildServiceProvider().GetRequiredService<IResponseCache>();
    private int _inHand;

    /// <summary>How many responses it is storing at the moment.</summary>
    public int InHand => Volatile.Read(ref _inHand);

    public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return await _inner.FindAsync(key, cancellationToken);
    }

    public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inHand);
        try
        {
            return await _inner.StoreAsync(key, head, body, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inHand);
        }
    }

    public async ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return await _inner.UpdateAsync(key, current, head, cancellationToken);
    }

    public async ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return await _inner.RemoveAsync(key, cancellationToken);
    }

    public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken) => _inner.PurgeAsync(purge, cancellationToken);
}
