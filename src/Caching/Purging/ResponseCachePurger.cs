using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>Carries purges out, again and again where the store fails.</summary>
internal sealed class ResponseCachePurger(IResponseCache cache, CachingShared shared, TimeProvider time, ILogger logger) : IResponseCachePurger, IDisposable
{
    /// <summary>How long the store may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The time between the tries of what failed.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>How long what failed is tried. What was stored before that is stale by then in all but rare cases.</summary>
    public static readonly TimeSpan TriedFor = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private bool _isDisposed;

    public ValueTask<CachePurgeResult> PurgeAsync(CachePurge purge, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(purge);
        shared.Purges.Add(purge);
        shared.Metrics.Purged();
        return RunAsync(purge, Timeout, cancellationToken);
    }

    /// <summary>Removes a URI from every partition, as an unsafe request has changed what is there (RFC 9111 §4.4). Fetches under way were told before (<see cref="InvalidationStamps"/>).</summary>
    public async Task InvalidateAsync(string uri, TimeSpan timeout) => await RunAsync(CachePurge.ForUri(uri), timeout, CancellationToken.None).ConfigureAwait(false);

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    /// <summary>Tries once more what has failed.</summary>
    internal async Task RetryAsync()
    {
        foreach (var unfinished in shared.Unfinished.All)
        {
            try
            {
                if (time.GetUtcNow() - unfinished.At < TriedFor) await cache.PurgeAsync(unfinished.Purge, CancellationToken.None).AsTask().WaitAsync(Timeout, time).ConfigureAwait(false);
                shared.Unfinished.Remove(unfinished);
            }
            catch (Exception e)
            {
                CachingLog.PurgeFailed(logger, unfinished.Purge.Kind, e);
                break;
            }
        }

        if (shared.Unfinished.Any) Schedule();
    }

    private async ValueTask<CachePurgeResult> RunAsync(CachePurge purge, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        try
        {
            var count = await cache.PurgeAsync(purge, CancellationToken.None).AsTask().WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            return new CachePurgeResult(count, IsComplete: true);
        }
        catch (Exception e)
        {
            shared.Unfinished.Add(purge, at);
            Schedule();
            if (cancellationToken.IsCancellationRequested) throw;
            CachingLog.PurgeFailed(logger, purge.Kind, e);
            return new CachePurgeResult(0, IsComplete: false);
        }
    }

    private void Schedule()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _timer?.Dispose();
            _timer = time.CreateTimer(static state => _ = ((ResponseCachePurger)state!).RetryAsync(), this, RetryAfter, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }
}
