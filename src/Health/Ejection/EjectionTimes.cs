namespace Net2Secure.Routing.Health;

/// <summary>For how long a destination is ejected.</summary>
internal static class EjectionTimes
{
    /// <summary>Of a destination that did not answer, for the first time: as quick as a server restarts.</summary>
    public static readonly TimeSpan Unreachable = TimeSpan.FromSeconds(1);

    /// <summary>Of a destination that answers badly, for the first time.</summary>
    public static readonly TimeSpan Faulty = TimeSpan.FromSeconds(10);

    /// <summary>No ejection is longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Time in service after which one ejection is forgotten.</summary>
    public static readonly TimeSpan Forgetting = TimeSpan.FromMinutes(1);

    /// <summary>Share by which a period is longer by chance, so that destinations ejected together do not come back together.</summary>
    private const double Jitter = 0.1;

    /// <summary>The time.</summary>
    /// <param name="count">Which ejection it is in a row, from 1.</param>
    /// <param name="isUnreachable">Whether it did not answer at all.</param>
    /// <param name="configured">The period that is set: then it is the period.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan Of(int count, bool isUnreachable, TimeSpan? configured, double chance)
    {
        if (configured is { } period) return period;
        var time = (isUnreachable ? Unreachable : Faulty) * count;
        return (time < Longest ? time : Longest) * (1 + (Jitter * chance));
    }

    /// <summary>How many ejections still count after some time in service.</summary>
    public static int CountAfter(int count, TimeSpan inService) => Math.Max(0, count - (int)Math.Min(int.MaxValue, inService / Forgetting));
}
