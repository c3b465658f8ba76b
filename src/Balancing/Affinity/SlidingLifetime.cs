namespace Net2Secure.Routing.Balancing;

/// <summary>The lifetime of a cookie that is renewed while its client comes: as soon as more than half of it is gone, so that not every answer has to bring a new one.</summary>
internal sealed class SlidingLifetime(TimeSpan lifetime, TimeProvider time)
{
    /// <summary>The present, in milliseconds of Unix time: what a key says of its issue.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The lifetime that the settings ask for, or <see langword="null"/>. <c>Max-Age</c> counts more than <c>Expires</c>, as with those who keep the cookie (RFC 6265 §5.3).</summary>
    public static SlidingLifetime? Of(SessionAffinityOptions options, TimeProvider time) =>
        (options.Cookie?.MaxAge ?? options.Cookie?.Expiration) is { } lifetime ? new SlidingLifetime(lifetime, time) : null;

    /// <summary>Whether a key that was issued then is to be renewed. One from the future, by a clock that is ahead, is new.</summary>
    public bool IsHalfOver(long issued) => Now - issued > lifetime.TotalMilliseconds / 2;
}
