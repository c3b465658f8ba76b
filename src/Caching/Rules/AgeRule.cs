namespace Net2Secure.Routing.Caching;

/// <summary>Calculates how old a response is (RFC 9111 §4.2.3).</summary>
internal static class AgeRule
{
    /// <summary>The age at the moment of receipt: the larger of what the clocks say, and of what caches on the way have counted with the time that the answer took.</summary>
    public static TimeSpan Initial(in FieldView fields, DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        // Date has whole seconds; the fraction of ours would make every response up to a second old.
        var apparent = WholeSeconds(responseTime) - LifetimeRule.DateOf(fields, WholeSeconds(responseTime));
        var delay = responseTime > requestTime ? responseTime - requestTime : TimeSpan.Zero;
        var corrected = AgeField.TryRead(fields, out var seconds) ? TimeSpan.FromSeconds(seconds) + delay : delay;
        return apparent > corrected ? apparent : corrected;
    }

    /// <summary>The age now. A clock that was set back makes nothing younger than it was.</summary>
    public static TimeSpan At(DateTimeOffset now, TimeSpan initial, DateTimeOffset responseTime) => now > responseTime ? initial + (now - responseTime) : initial;

    /// <summary>The value of an <c>Age</c> field (RFC 9111 §5.1): whole seconds, and no more than 2^31-1.</summary>
    public static int ToField(TimeSpan age) => (int)Math.Min(age.Ticks / TimeSpan.TicksPerSecond, DeltaSeconds.Max);

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
