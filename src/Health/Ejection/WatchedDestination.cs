using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>A destination with its traffic, and what has become of it by that.</summary>
/// <remarks>Changed under the lock of the monitor only, but for <see cref="Claim"/>.</remarks>
internal sealed class WatchedDestination(Destination destination, DestinationTraffic traffic)
{
    private HttpRequestMessage? _claim;
    private int _state;
    private long _triedAt;

    public Destination Destination { get; } = destination;

    public DestinationTraffic Traffic { get; } = traffic;

    /// <summary>Where it stands. Read without the lock as well.</summary>
    public EjectionState State
    {
        get => (EjectionState)Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, (int)value);
    }

    /// <summary>Why it was ejected last.</summary>
    public Verdict Verdict { get; set; }

    /// <summary>Ejections in a row.</summary>
    public int Count { get; set; }

    /// <summary>Timestamp of the present state's beginning.</summary>
    public long Since { get; set; }

    /// <summary>Timestamp at which its ejection ends.</summary>
    public long Until { get; set; }

    /// <summary>For how long it is ejected.</summary>
    public TimeSpan Period { get; set; }

    /// <summary>Whether it was to be ejected and could not be spared; said once.</summary>
    public bool IsKept { get; set; }

    /// <summary>The request that tries it, or is about to.</summary>
    public HttpRequestMessage? Claim => Volatile.Read(ref _claim);

    /// <summary>Timestamp at which <see cref="Claim"/> was made, or sent; 0 for never.</summary>
    public long TriedAt
    {
        get => Volatile.Read(ref _triedAt);
        set => Volatile.Write(ref _triedAt, value);
    }

    /// <summary>Whether <see cref="Claim"/> has been sent.</summary>
    public bool IsTried { get; set; }

    /// <summary>Whether an operator lets it take traffic at all, and its weight does.</summary>
    public bool IsInService => Destination.Weight > 0 && Destination.Status is { IsDraining: false, Override: not DestinationOverride.Unhealthy };

    /// <summary>Makes a request the one that tries it, unless there is one.</summary>
    public bool TryClaim(HttpRequestMessage request, long now)
    {
        if (Claim is not null || Interlocked.CompareExchange(ref _claim, request, null) is not null) return false;
        IsTried = false;
        TriedAt = now;
        return true;
    }

    /// <summary>Lets another request try it.</summary>
    public void Unclaim()
    {
        IsTried = false;
        Volatile.Write(ref _claim, null);
    }
}
