namespace Net2Secure.Routing.Caching;

/// <summary>What the handlers of one client, or of one route, share: the settings, the fetches under way. Lives as long as the client or the configuration; handlers come and go.</summary>
internal sealed class CachingEngine
{
    /// <summary>How much of a body is kept on its way into a store that copies it.</summary>
    private const long MaxKeptForCopy = 1024 * 1024;

    private const int FreeSegmentBytesForCopy = 8 * 1024 * 1024;

    /// <param name="options">Valid settings.</param>
    /// <param name="shared">What it shares with the other engines over the store.</param>
    /// <param name="requests">What is particular to the requests that pass. Default: nothing.</param>
    public CachingEngine(CachingOptions options, CachingShared shared, ICacheRequests? requests = null)
    {
        Options = options;
        Shared = shared;
        Requests = requests ?? PlainCacheRequests.Instance;
        Store = new StoreAccess(shared, options.StoreTimeout);
        Composer = new ResponseComposer(Store, shared.Time);
        Status = new CacheStatus(options.CacheStatusName, Requests);
        Flights = new FlightTable(shared);
        MaxBodyBytes = Math.Min(options.MaxBodyBytes, Store.Adopting?.MaxStreamedBodyBytes ?? long.MaxValue);
        MaxAdoptedBytes = Math.Min(MaxBodyBytes, Store.Adopting?.MaxBodyBytes ?? -1);
        Bodies = new SharedBodyOptions(
            Store.Adopting?.Pool ?? new SegmentPool(FreeSegmentBytesForCopy), new TransferBudget(options.MaxTransferBytes),
            Store.Adopting is null ? Math.Min(MaxBodyBytes, MaxKeptForCopy) : MaxAdoptedBytes, options.BackgroundTimeout, options.StoreTimeout, shared.Time);
        CopiedBodies = Bodies with { MaxKeptBytes = Math.Min(MaxBodyBytes, MaxKeptForCopy) };
    }

    public CachingOptions Options { get; }

    public CachingShared Shared { get; }

    public ICacheRequests Requests { get; }

    public TimeProvider Time => Shared.Time;

    public Microsoft.Extensions.Logging.ILogger Logger => Shared.Logger;

    public StoreAccess Store { get; }

    public ResponseComposer Composer { get; }

    public CacheStatus Status { get; }

    public FlightTable Flights { get; }

    public SharedBodyOptions Bodies { get; }

    /// <summary>Bounds of bodies that the store reads while they arrive.</summary>
    public SharedBodyOptions CopiedBodies { get; }

    /// <summary>The largest body that is stored.</summary>
    public long MaxBodyBytes { get; }

    /// <summary>The largest body that the store takes as it lies in memory; a larger one it reads while it arrives. -1: it reads all of them.</summary>
    public long MaxAdoptedBytes { get; }

    /// <summary>How long a response of this status is fresh where its fields do not say; <see langword="null"/>: the rules decide.</summary>
    public TimeSpan? AssumedLifetimeOf(int status) => Options.NegativeLifetime > TimeSpan.Zero && StatusRules.IsNegative(status) ? Options.NegativeLifetime : null;

    /// <summary>Takes note of how a request was answered.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="result">One of <see cref="CacheResults"/>.</param>
    public void Note(HttpRequestMessage request, string result)
    {
        Shared.Metrics.Answered(result);
        Requests.Note(request, result);
    }

    /// <summary>Takes out again what was stored while it was being invalidated or purged: that may have removed what was there a moment too early. To be called after storing.</summary>
    public Task ConfirmAsync(CacheKey key, IReadOnlyList<string> tags, FetchStamp stamp) => Shared.IsCurrent(key, tags, stamp) ? Task.CompletedTask : Store.RemoveAsync(key);

    /// <summary>Removes what is stored under a key, and keeps out what is on its way there (RFC 9111 §4.4). Where the URI has several partitions, in all of them.</summary>
    public Task InvalidateAsync(CacheKey key)
    {
        Shared.Stamps.Invalidate(key.Uri);
        Shared.Metrics.Invalidated();
        return Options.SharesUris ? Shared.Purger.InvalidateAsync(key.Uri, Options.StoreTimeout) : Store.RemoveAsync(key);
    }
}
