namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>How long a client has been waited for, as against how long it may be. Counts only while it is waited for: time that the destination takes is not the client's.</summary>
/// <remarks>A mutable struct, guarded by the lock of its scope.</remarks>
internal struct ClientWait
{
    private TimeSpan _limit;
    private TimeSpan _waited;
    private long _began;

    /// <summary>Whether it is waited for now.</summary>
    public readonly bool IsWaiting => _began != 0;

    /// <summary>Begins anew, with this limit.</summary>
    public void Reset(TimeSpan limit)
    {
        _limit = limit;
        _waited = TimeSpan.Zero;
        _began = 0;
    }

    /// <summary>The client is waited for from now on.</summary>
    /// <returns>What is left of its time.</returns>
    public TimeSpan Begin(long now)
    {
        _began = now;
        return _limit - _waited;
    }

    /// <summary>The client has done something; enough to have its whole time again, or not.</summary>
    public void End(TimeProvider time, long now, bool isEnough)
    {
        _waited = isEnough ? TimeSpan.Zero : _waited + time.GetElapsedTime(_began, now);
        _began = 0;
    }

    /// <summary>What is left of its time; all there is when it is not waited for.</summary>
    public readonly TimeSpan Left(TimeProvider time, long now) => _began == 0 ? TimeSpan.MaxValue : _limit - _waited - time.GetElapsedTime(_began, now);
}
