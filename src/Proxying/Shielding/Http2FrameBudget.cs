namespace Net2Secure.Routing.Proxying;

/// <summary>What a client may spend on frames that carry nothing (RFC 9113 §10.5): a store of points that fills up again with time.</summary>
/// <remarks>
/// Requests and their bodies are free: other limits see to them. A client that keeps a connection alive, measures round trips, gives windows back and gives up a request
/// now and then never comes near the ends. Not thread-safe.
/// </remarks>
internal sealed class Http2FrameBudget(TimeProvider time)
{
    /// <summary>Resets at once, and how many more each second. A reset costs the client nothing, and a request that has been begun costs the origin (CVE-2023-44487).</summary>
    public const int MostResets = 150;
    public const int ResetsPerSecond = 20;

    /// <summary>Points for all other frames at once, and how many more each second.</summary>
    public const int MostPoints = 10_000;
    public const int PointsPerSecond = 5_000;

    /// <summary>Frames of one header block. At the size that every peer takes, this is far more than any limit on fields allows.</summary>
    public const int MostContinuations = 64;

    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Priority = 2;
    private const byte RstStream = 3;
    private const byte Settings = 4;
    private const byte PushPromise = 5;
    private const byte Ping = 6;
    private const byte GoAway = 7;
    private const byte WindowUpdate = 8;
    private const byte Continuation = 9;
    private const byte EndStream = 1;
    private const byte Padded = 8;

    private double _resets = MostResets;
    private double _points = MostPoints;
    private long _last = time.GetTimestamp();
    private int _continuations;

    /// <summary>Pays for one frame.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="length">Octets of its payload.</param>
    /// <returns><see langword="false"/> when the client cannot afford it any more.</returns>
    public bool TryPay(byte type, byte flags, int length)
    {
        if (type == Continuation) return ++_continuations <= MostContinuations && (length > 0 || TryPayPoints(10));
        _continuations = 0;
        if (type == RstStream) return TryPayReset();
        var cost = Cost(type, flags, length);
        return cost == 0 || TryPayPoints(cost);
    }

    private static int Cost(byte type, byte flags, int length) => type switch
    {
        // Padding makes a frame longer, not fuller: up to a pad length and 255 octets of padding it may hold nothing.
        Data => (flags & EndStream) == 0 && (length == 0 || ((flags & Padded) != 0 && length <= 256)) ? 10 : 0,
        Headers => 0,
        WindowUpdate => 0,
        Ping => 2,
        Settings => 50,
        Priority or PushPromise or GoAway => 5,
        _ => 5,
    };

    private bool TryPayReset()
    {
        Refill();
        return --_resets >= 0;
    }

    private bool TryPayPoints(int cost)
    {
        Refill();
        _points -= cost;
        return _points >= 0;
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        _resets = Math.Min(MostResets, _resets + (seconds * ResetsPerSecond));
        _points = Math.Min(MostPoints, _points + (seconds * PointsPerSecond));
    }
}
