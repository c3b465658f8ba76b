using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>What the handlers of one client, or of one route, share: the store, the fetches under way, and what was learnt of keys. Lives as long as the application; handlers come and go.</summary>
internal sealed class CachingEngine
{
    /// <summary>For how long requests for a key do not wait for one another after it has turned out that they cannot share a response.</summary>
    public static readonly TimeSpan UnsharedFor = TimeSpan.FromSeconds(10);

    /// <summary>How much of a body is kept on its way into a store that copies it.</summary>
    private const long MaxKeptForCopy = 1024 * 1024;

    private const int FreeSegmentBytesForCopy = 8 * 1024 * 1024;

    /// <param name="options">Valid settings.</param>
    /// <param name="cache">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">For metrics.</param>
    /// <param name="logger">For messages.</param>
    public CachingEngine(CachingOptions options, IResponseCache cache, TimeProvider time, IMeterFactory meters, ILogger logger)
    {
        Options = options;
        Time = time;
        Logger = logger;
        Metrics = new CachingMetrics(meters);
        Store = new StoreAccess(cache, options.StoreTimeout, time, Metrics, logger);
        Composer = new ResponseComposer(Store, time);
        Status = new CacheStatus(options.CacheStatusName);
        Stamps = new InvalidationStamps();
        Flights = new FlightTable(Stamps, time);
        Unshared = new RecentKeys(UnsharedFor, time);
        MaxBodyBytes = Math.Min(options.MaxBodyBytes, Store.Adopting?.MaxStreamedBodyBytes ?? long.MaxValue);
        MaxAdoptedBytes = Math.Min(MaxBodyBytes, Store.Adopting?.MaxBodyBytes ?? -1);
        Bodies = new SharedBodyOptions(
            Store.Adopting?.Pool ?? new SegmentPool(FreeSegmentBytesForCopy), new TransferBudget(options.MaxTransferBytes),
            Store.Adopting is null ? Math.Min(MaxBodyBytes, MaxKeptForCopy) : MaxAdoptedBytes, options.BackgroundTimeout, options.StoreTimeout, time);
        CopiedBodies = Bodies with { MaxKeptBytes = Math.Min(MaxBodyBytes, MaxKeptForCopy) };
    }

    public CachingOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public CachingMetrics Metrics { get; }

    public StoreAccess Store { get; }

    public ResponseComposer Composer { get; }

    public CacheStatus Status { get; }

    public InvalidationStamps Stamps { get; }

    public FlightTable Flights { get; }

    /// <summary>Keys whose responses requests cannot share.</summary>
    public RecentKeys Unshared { get; }

    public SharedBodyOptions Bodies { get; }

    /// <summary>Bounds of bodies that the store reads while they arrive.</summary>
    public SharedBodyOptions CopiedBodies { get; }

    /// <summary>The largest body that is stored.</summary>
    public long MaxBodyBytes { get; }

    /// <summary>The largest body that the store takes as it lies in memory; a larger one it reads while it arrives. -1: it reads all of them.</summary>
    public long MaxAdoptedBytes { get; }

    public HttpRequestMessage Copy(HttpRequestMessage request) => Options.CopyRequest?.Invoke(request) ?? RequestCopy.Of(request);

    /// <summary>Whether a fetch that began under this stamp may still store what it brings.</summary>
    public bool IsCurrent(CacheKey key, long stamp) => Stamps[key] == stamp;

    /// <summary>Takes out again what was stored while its key was being invalidated: the invalidation may have removed what was there a moment too early. To be called after storing.</summary>
    public Task ConfirmAsync(CacheKey key, long stamp) => IsCurrent(key, stamp) ? Task.CompletedTask : Store.RemoveAsync(key);

    /// <summary>Removes what is stored under a key, and keeps out what is on its way there (RFC 9111 §4.4).</summary>
    public Task InvalidateAsync(CacheKey key)
    {
        Stamps.Invalidate(key);
        Metrics.Invalidated();
        return Store.RemoveAsync(key);
    }
}
