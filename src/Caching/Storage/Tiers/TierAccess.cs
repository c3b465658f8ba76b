using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>Calls the store behind in such a way that the one in front never fails or waits for long because of it. Thread-safe.</summary>
/// <remarks>
/// After a few failures on end it is left alone for a while. What could not be removed from it is written down and tried again, and until that has been done nothing is looked for there: it would bring back what is gone.
/// </remarks>
internal sealed class TierAccess(IResponseCache cache, TieredResponseCacheOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Failures on end after which the store is left alone.</summary>
    public const int MaxFailures = 3;

    /// <summary>More removals to be made up for than this become one: everything.</summary>
    public const int MaxPurges = 256;

    /// <summary>For how long it is left alone, and after what time a removal is tried again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>How long a removal may take. Longer than a request waits: given up, it costs the whole store behind for a while.</summary>
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private CachePurge[] _purges = [];
    private int _failures;
    private long _pausedUntil;

    /// <summary>Whether the store is left alone at the moment, or must not be looked into.</summary>
    public bool IsAway => IsPaused || Volatile.Read(ref _purges).Length > 0;

    private bool IsPaused => Volatile.Read(ref _failures) >= MaxFailures && time.GetTimestamp() < Volatile.Read(ref _pausedUntil);

    /// <returns><see langword="null"/>: nobody knows.</returns>
    public async ValueTask<IReadOnlyList<CachedResponse>?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (IsAway) return null;
        var found = await BoundAsync<IReadOnlyList<CachedResponse>?>(async () => await cache.FindAsync(key, cancellationToken).ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);
        // What was to be removed while this was looking may be among it.
        return Volatile.Read(ref _purges).Length > 0 ? null : found;
    }

    /// <returns>The body, and whether it is known not to be there where there is none.</returns>
    public async ValueTask<(Stream? Body, bool IsGone)> OpenAsync(CachedResponse response, long offset, long count, CancellationToken cancellationToken)
    {
        if (IsAway) return default;
        var isGone = false;
        var body = await BoundAsync(
            async () =>
            {
                var opened = await response.OpenAsync(offset, count, cancellationToken).ConfigureAwait(false);
                isGone = opened is null;
                return opened;
            },
            null, cancellationToken).ConfigureAwait(false);
        return (body, isGone);
    }

    /// <summary>Stores a body as it comes, as long as that takes.</summary>
    public async Task<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        if (IsPaused) return false;
        try
        {
            var isStored = await cache.StoreAsync(key, head, body, cancellationToken).ConfigureAwait(false);
            Succeeded();
            return isStored;
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException))
        {
            Failed(e);
            return false;
        }
    }

    public async Task<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head) =>
        IsAway ? null : await BoundAsync(() => cache.UpdateAsync(key, current, head, CancellationToken.None), null, CancellationToken.None).ConfigureAwait(false);

    /// <summary>Removes what is meant, or sees to it that it is not found any more until it is removed. Never fails.</summary>
    public async Task<long> RemoveAsync(CacheKey key)
    {
        var count = IsPaused ? -1 : await BoundAsync(() => cache.RemoveAsync(key, CancellationToken.None), -1, CancellationToken.None, RemovalTimeout).ConfigureAwait(false);
        if (count < 0) RemoveLater(key);
        return Math.Max(count, 0);
    }

    /// <inheritdoc cref="RemoveAsync"/>
    public async Task<long> PurgeAsync(CachePurge purge)
    {
        var count = IsPaused ? -1 : await BoundAsync(() => cache.PurgeAsync(purge, CancellationToken.None), -1, CancellationToken.None, RemovalTimeout).ConfigureAwait(false);
        if (count < 0) PurgeLater(purge);
        return Math.Max(count, 0);
    }

    /// <summary>Removes what is stored under a key, if the store can do that now. What is older than it could be is no reason not to look there any more.</summary>
    public Task ForgetAsync(CacheKey key) =>
        IsPaused ? Task.CompletedTask : BoundAsync(
            () => cache is ISharedResponseCache shared ? shared.ForgetAsync(key, CancellationToken.None) : cache.RemoveAsync(key, CancellationToken.None), 0, CancellationToken.None, RemovalTimeout);

    /// <summary>Takes what is stored under a key for removed from now on.</summary>
    public void RemoveLater(CacheKey key) => PurgeLater(CachePurge.ForUri(key.Uri) with { Partition = key.Partition });

    /// <summary>
    /// Removes what is behind for the sake of what there is in front. Where others store there too it is only taken out: they need not hear of it, and what a purge concerns does not come back to such a store anyway.
    /// Never fails.
    /// </summary>
    public async Task<long> PutAwayAsync(CacheKey key)
    {
        if (cache is not ISharedResponseCache) return await RemoveAsync(key).ConfigureAwait(false);
        await ForgetAsync(key).ConfigureAwait(false);
        return 0;
    }

    /// <inheritdoc cref="PutAwayAsync"/>
    public void PutAwayLater(CacheKey key)
    {
        if (cache is not ISharedResponseCache) RemoveLater(key);
    }

    public void Dispose() => _closing.Cancel();

    private void PurgeLater(CachePurge purge)
    {
        lock (_lock)
        {
            var isFirst = _purges.Length == 0;
            if (Array.IndexOf(_purges, purge) >= 0) return;
            Volatile.Write(ref _purges, _purges.Length < MaxPurges ? [.. _purges, purge] : [CachePurge.ForEverything()]);
            if (!isFirst) return;
        }

        CachingLog.TierNotPurged(logger);
        _ = MakeUpAsync();
    }

    private async Task MakeUpAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var purge in Volatile.Read(ref _purges))
            {
                if (_closing.IsCancellationRequested) return;
                if (await BoundAsync(() => cache.PurgeAsync(purge, _closing.Token), -1, _closing.Token, RemovalTimeout).ConfigureAwait(false) < 0) break;
                lock (_lock)
                {
                    Volatile.Write(ref _purges, Array.FindAll(_purges, other => other != purge));
                    if (_purges.Length > 0) continue;
                }

                CachingLog.TierPurged(logger);
                return;
            }
        }
    }

    private async Task<T> BoundAsync<T>(Func<ValueTask<T>> call, T otherwise, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        try
        {
            var pending = call();
            var result = pending.IsCompletedSuccessfully ? pending.Result : await pending.AsTask().WaitAsync(timeout ?? options.Timeout, time, cancellationToken).ConfigureAwait(false);
            Succeeded();
            return result;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(e);
            return otherwise;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            return otherwise;
        }
    }

    private void Succeeded()
    {
        if (Volatile.Read(ref _failures) == 0) return;
        if (Interlocked.Exchange(ref _failures, 0) >= MaxFailures) CachingLog.TierRecovered(logger);
    }

    private void Failed(Exception e)
    {
        var failures = Interlocked.Increment(ref _failures);
        if (failures < MaxFailures) return;
        Volatile.Write(ref _pausedUntil, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
        if (failures == MaxFailures) CachingLog.TierFailing(logger, e);
    }
}
