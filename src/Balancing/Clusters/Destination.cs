using System.Diagnostics;

namespace Net2Secure.Routing.Balancing;

/// <summary>One server of a cluster, alive: it outlives reloads of the configuration for as long as its name and address stay.</summary>
/// <remarks>Thread-safe.</remarks>
[DebuggerDisplay("{Id} {Address} in flight {ConcurrentRequests}")]
public sealed class Destination
{
    private int _concurrentRequests;
    private DestinationOptions _options;
    private DestinationStatus _status = DestinationStatus.Initial;
    private int _requestLimit = LimitSettings.None;
    private AdaptiveLimit? _adaptiveLimit;
    private RequestLimiter? _limiter;
    private TrafficTally? _traffic;

    internal Destination(string clusterId, string id, Uri address, DestinationOptions options)
    {
        ClusterId = clusterId;
        Id = id;
        Address = address;
        BasePath = address.AbsolutePath.TrimEnd('/');
        _options = options;
    }

    /// <summary>Name of the cluster it belongs to.</summary>
    public string ClusterId { get; }

    /// <summary>Its name in the cluster.</summary>
    public string Id { get; }

    /// <summary>Where requests are sent.</summary>
    public Uri Address { get; }

    /// <summary>The path of <see cref="Address"/> without the slash at its end: what goes before the path of each request. Empty for most.</summary>
    public string BasePath { get; }

    /// <summary>What the present configuration says of it. Do not change.</summary>
    public DestinationOptions Options => Volatile.Read(ref _options);

    /// <summary>Attempts that have been sent here and have not ended; an attempt ends with the last byte of its response body.</summary>
    public int ConcurrentRequests => Volatile.Read(ref _concurrentRequests);

    /// <summary>What decides, beside its weight, how much traffic it gets at this moment.</summary>
    public DestinationStatus Status => Volatile.Read(ref _status);

    /// <summary>Its weight before anything measured: what an operator says, or else the configuration.</summary>
    internal int Weight => Status.Weight ?? Options.Weight;

    /// <summary>How its attempts go; <see langword="null"/> as long as nobody has looked on.</summary>
    internal TrafficTally? Traffic
    {
        get => Volatile.Read(ref _traffic);
        set => Volatile.Write(ref _traffic, value);
    }

    /// <summary>How long it takes to answer; measured while its cluster balances by it.</summary>
    internal PeakLatency Latency { get; } = new();

    /// <summary>Attempts that wait here for an answer and could be made elsewhere.</summary>
    internal WaitingAttempts Waiting { get; } = new();

    /// <summary>Whether it is asked at all, by the experience of late.</summary>
    internal Circuit Circuit { get; } = new();

    /// <summary>Changed by its cluster only, which makes the new weights of it.</summary>
    internal void UseStatus(DestinationStatus status) => Volatile.Write(ref _status, status);

    internal void UseOptions(DestinationOptions options) => Volatile.Write(ref _options, options);

    /// <summary>How many attempts may be in flight here; <see cref="LimitSettings.None"/> for any number.</summary>
    internal int RequestLimit
    {
        get => Volatile.Read(ref _requestLimit);
        set => Volatile.Write(ref _requestLimit, value);
    }

    /// <summary>Whether one more attempt may be in flight here, at this moment.</summary>
    internal bool HasRoom => ConcurrentRequests < RequestLimit;

    /// <summary>Finds <see cref="RequestLimit"/> while limits are found; otherwise <see langword="null"/>.</summary>
    internal AdaptiveLimit? AdaptiveLimit
    {
        get => Volatile.Read(ref _adaptiveLimit);
        set => Volatile.Write(ref _adaptiveLimit, value);
    }

    /// <summary>Says who is told when an attempt has ended here.</summary>
    internal void UseLimiter(RequestLimiter limiter) => Volatile.Write(ref _limiter, limiter);

    /// <summary>Counts an attempt, whatever the limit.</summary>
    internal void BeginAttempt() => Interlocked.Increment(ref _concurrentRequests);

    /// <summary>Counts an attempt, if the limit allows it: looked at and counted in one step, so that no number of threads goes beyond it.</summary>
    internal bool TryBeginAttempt()
    {
        var limit = RequestLimit;
        if (limit == LimitSettings.None)
        {
            BeginAttempt();
            return true;
        }

        var inFlight = ConcurrentRequests;
        while (inFlight < limit)
        {
            var found = Interlocked.CompareExchange(ref _concurrentRequests, inFlight + 1, inFlight);
            if (found == inFlight) return true;
            inFlight = found;
        }

        return false;
    }

    internal void EndAttempt()
    {
        Interlocked.Decrement(ref _concurrentRequests);
        Volatile.Read(ref _limiter)?.OnReleased();
    }
}
