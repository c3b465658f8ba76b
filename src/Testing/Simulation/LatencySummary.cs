namespace Net2Secure.Routing.Testing;

/// <summary>How long things took. All zero where nothing happened.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="P50">Half stayed at or below.</param>
/// <param name="P90">90 of 100 did.</param>
/// <param name="P99">99 of 100 did.</param>
/// <param name="P999">999 of 1,000 did.</param>
/// <param name="Max">The longest.</param>
public sealed record LatencySummary(TimeSpan Mean, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan P999, TimeSpan Max)
{
    /// <summary>Sorts the times, and reads them off.</summary>
    internal static LatencySummary Of(List<double> seconds)
    {
        if (seconds.Count == 0) return new(default, default, default, default, default, default);
        seconds.Sort();
        var sum = 0.0;
        foreach (var s in seconds) sum += s;
        return new(TimeSpan.FromSeconds(sum / seconds.Count), At(seconds, 0.5), At(seconds, 0.9), At(seconds, 0.99), At(seconds, 0.999), TimeSpan.FromSeconds(seconds[^1]));
    }

    // The nearest rank: a time that was measured.
    private static TimeSpan At(List<double> sorted, double part) => TimeSpan.FromSeconds(sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Count) - 1)]);
}
