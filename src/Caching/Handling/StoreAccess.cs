using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>Calls the store in such a way that no request fails or waits for long because of it: what fails or is late counts as nothing found.</summary>
/// <remarks>After a few failures on end it is left alone for a while, so that requests do not wait for it one after the other. Thread-safe.</remarks>
internal sealed class StoreAccess(CachingShared shared, TimeSpan timeout)
{
    /// <summary>Failures on end after which the store is left alone.</summary>
    public const int MaxFailures = 3;

    /// <summary>For how long.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly CachedResponse[] Nothing = [];

    private readonly IResponseCache _cache = shared.Cache;
    private readonly TimeProvider _time = shared.Time;
    private readonly ILogger _logger = shared.Logger;

    private int _failures;
    private long _pausedUntil;

    /// <summary>The store, if it keeps bodies where they are.</summary>
    public IAdoptingCache? Adopting => _cache as IAdoptingCache;

    /// <summary>Whether what is found for a key may be used as it is: nothing that was to be removed is waiting for the store.</summary>
    public bool IsUsable(CacheKey key) => !IsPaused && !shared.Unfinished.Any && !shared.Unremoved.Contains(key);

    public ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (IsPaused) return new(Nothing);
        if (shared.Unfinished.Any) return new(FindUnpurgedAsync(key, cancellationToken));
        if (shared.Unremoved.Contains(key)) return new(FindAfterRemovalAsync(key, cancellationToken));
        return FindNowAsync(key, cancellationToken);
    }

    private ValueTask<IReadOnlyList<CachedResponse>> FindNowAsync(CacheKey key, CancellationToken cancellationToken)
    {
        try
        {
            var found = _cache.FindAsync(key, cancellationToken);
            if (!found.IsCompletedSuccessfully) return new(BoundAsync(found, Nothing, cancellationToken));
            Succeeded();
            return found;
        }
        catch (Exception e)
        {
            Failed(e);
            return new(Nothing);
        }
    }

    public Task<Stream?> OpenAsync(CachedResponse response, long offset, long count, CancellationToken cancellationToken)
    {
        try
        {
            var opened = response.OpenAsync(offset, count, cancellationToken);
            return opened.IsCompletedSuccessfully ? Task.FromResult(opened.Result) : BoundAsync(opened, null, cancellationToken);
        }
        catch (Exception e)
        {
            Failed(e);
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <summary>Stores a body as it arrives. Bounded by the body, not by time: whoever feeds it cuts off a store that holds others up.</summary>
    public async Task StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        await using (body.ConfigureAwait(false))
        {
            if (IsPaused) return;
            try
            {
                await _cache.StoreAsync(key, head, body, cancellationToken).ConfigureAwait(false);
                Succeeded();
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The body has ended early: there is nothing to store, and the store is not to blame.
                CachingLog.BodyIncomplete(_logger, e);
            }
            catch (Exception e)
            {
                Failed(e);
            }
        }
    }

    /// <summary>Stores a body that is all there. Waited for a bounded time only; it may well end later.</summary>
    public async Task StoreCopyAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        try
        {
            await StoreAsync(key, head, body, cancellationToken).WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            Failed(e);
        }
    }

    public async Task<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head)
    {
        if (IsPaused) return null;
        try
        {
            return await BoundAsync(_cache.UpdateAsync(key, current, head, CancellationToken.None), null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failed(e);
            return null;
        }
    }

    /// <summary>Removes what is stored under a key. Where that fails the key is not looked for until it has been done: what is not removed would be served when the store is back.</summary>
    public async Task RemoveAsync(CacheKey key)
    {
        try
        {
            if (await BoundAsync(_cache.RemoveAsync(key, CancellationToken.None), -1, CancellationToken.None).ConfigureAwait(false) >= 0) shared.Unremoved.Remove(key);
            else shared.Unremoved.Add(key);
        }
        catch (Exception e)
        {
            shared.Unremoved.Add(key);
            Failed(e);
        }
    }

    /// <summary>The store has not come to the end of a body in time.</summary>
    public void TookTooLong(TimeoutException e) => Failed(e);

    private async Task<IReadOnlyList<CachedResponse>> FindUnpurgedAsync(CacheKey key, CancellationToken cancellationToken) =>
        shared.Unfinished.Without(key, shared.Unremoved.Contains(key)
            ? await FindAfterRemovalAsync(key, cancellationToken).ConfigureAwait(false)
            : await FindNowAsync(key, cancellationToken).ConfigureAwait(false));

    private async Task<IReadOnlyList<CachedResponse>> FindAfterRemovalAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await RemoveAsync(key).ConfigureAwait(false);
        return shared.Unremoved.Contains(key) ? Nothing : await FindNowAsync(key, cancellationToken).ConfigureAwait(false);
    }

    private bool IsPaused => Volatile.Read(ref _failures) >= MaxFailures && _time.GetTimestamp() < Volatile.Read(ref _pausedUntil);

    private async Task<T> BoundAsync<T>(ValueTask<T> call, T otherwise, CancellationToken cancellationToken)
    {
        try
        {
            var result = await call.AsTask().WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
            Succeeded();
            return result;
        }
        // A store may fail, or take too long, just when the client gives up: that too is the store's trouble and nobody else's.
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(e);
            return otherwise;
        }
    }

    private void Succeeded()
    {
        if (Volatile.Read(ref _failures) == 0) return;
        if (Interlocked.Exchange(ref _failures, 0) >= MaxFailures) CachingLog.StoreRecovered(_logger);
    }

    private void Failed(Exception e)
    {
        shared.Metrics.StoreFailed();
        var failures = Interlocked.Increment(ref _failures);
        if (failures < MaxFailures) return;
        Volatile.Write(ref _pausedUntil, _time.GetTimestamp() + (long)(Pause.TotalSeconds * _time.TimestampFrequency));
        if (failures == MaxFailures) CachingLog.StoreFailing(_logger, e);
    }
}
