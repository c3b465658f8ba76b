using System.Net;
using System.Threading.RateLimiting;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Counts the requests of each client address in ASP.NET Core's token buckets.</summary>
/// <remarks>
/// The buckets are as many as there may be, not as many as come: an address is hashed to one of them, with a secret that changes with every process, so that nobody can fill the memory with
/// addresses or aim for the bucket of somebody else. Buckets that are full and unused for some seconds are given up.
/// </remarks>
internal sealed class RequestRates
{
    private const int MostRefillsPerSecond = 100;

    private readonly (int PerSecond, int Burst, int Buckets) _limits;
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    private RequestRates((int PerSecond, int Burst, int Buckets) limits)
    {
        _limits = limits;
        var step = (limits.PerSecond + MostRefillsPerSecond - 1) / MostRefillsPerSecond;
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = step,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)step / limits.PerSecond),
            QueueLimit = 0,
            AutoReplenishment = false,
        };
        _limiter = PartitionedRateLimiter.Create<IPAddress, int>(address => RateLimitPartition.GetTokenBucketLimiter(BucketOf(address, limits.Buckets), _ => bucket));
    }

    /// <param name="perSecond">Requests each second.</param>
    /// <param name="burst">Requests at once.</param>
    /// <param name="buckets">Most addresses that are counted apart.</param>
    /// <param name="before">Those until now, which go on if nothing has changed.</param>
    public static RequestRates Create(int perSecond, int burst, int buckets, RequestRates? before) =>
        before is not null && before._limits == (perSecond, burst, buckets) ? before : new((perSecond, burst, buckets));

    /// <summary>Counts a request.</summary>
    /// <param name="client">Where it comes from.</param>
    /// <param name="retryAfter">When there is room again, for one that is too much.</param>
    /// <returns>Whether there is room for it.</returns>
    public bool TryTake(IPAddress client, out TimeSpan? retryAfter)
    {
        using var lease = _limiter.AttemptAcquire(client);
        retryAfter = !lease.IsAcquired && lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null;
        return lease.IsAcquired;
    }

    // The hash of a record is seeded by the runtime for each process only where strings are in it; HashCode is for every type.
    private static int BucketOf(IPAddress address, int buckets)
    {
        var key = AddressKey.Of(address).Value;
        return (int)((uint)HashCode.Combine((ulong)(key >> 64), (ulong)key) % (uint)buckets);
    }
}
