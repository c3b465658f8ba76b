using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>When a cluster's destinations are probed and what turns a verdict: the settings with their defaults filled in. Immutable.</summary>
internal sealed record ProbePlan
{
    /// <summary>Threshold of failures among the metadata of a cluster, as YARP names it.</summary>
    public const string ThresholdKey = "ConsecutiveFailuresHealthPolicy.Threshold";

    /// <summary>Time without requests after which a cluster is idle.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultStartupTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestDefaultFast = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDefaultFast = TimeSpan.FromSeconds(1);

    // A tenth is enough to take probes of several proxies, or of destinations that came together, apart within a few rounds.
    private const double Jitter = 0.1;

    private ProbePlan()
    {
    }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan FastInterval { get; init; }

    public required TimeSpan IdleInterval { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required TimeSpan StartupTimeout { get; init; }

    public required int HealthyThreshold { get; init; }

    public required int UnhealthyThreshold { get; init; }

    /// <summary>Whether a cluster without traffic is probed at a slower pace.</summary>
    public bool SlowsDown => IdleInterval > Interval;

    /// <summary>The plan of valid settings.</summary>
    public static ProbePlan Of(ActiveHealthCheckOptions options, IDictionary<string, string> metadata)
    {
        var interval = options.Interval ?? DefaultInterval;
        return new ProbePlan
        {
            Interval = interval,
            FastInterval = options.FastInterval ?? Shorter(interval, TimeSpan.FromTicks(Math.Clamp(interval.Ticks / 10, ShortestDefaultFast.Ticks, LongestDefaultFast.Ticks))),
            IdleInterval = options.IdleInterval ?? interval,
            Timeout = options.Timeout ?? Shorter(interval, DefaultTimeout),
            StartupTimeout = options.StartupTimeout ?? DefaultStartupTimeout,
            HealthyThreshold = options.HealthyThreshold ?? 2,
            UnhealthyThreshold = options.UnhealthyThreshold ?? (TryReadThreshold(metadata, out var threshold) ? threshold : null) ?? 3,
        };
    }

    /// <summary>Reads the threshold among the metadata of a cluster.</summary>
    /// <returns>Whether it is missing or right.</returns>
    public static bool TryReadThreshold(IDictionary<string, string> metadata, out int? threshold)
    {
        threshold = null;
        if (!metadata.TryGetValue(ThresholdKey, out var text)) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !ActiveHealthCheckRules.Threshold.Contains(number)) return false;
        threshold = number;
        return true;
    }

    /// <summary>Time from the start of a probe to the start of the next.</summary>
    /// <param name="state">The state after the probe.</param>
    /// <param name="isIdle">Whether no traffic comes.</param>
    /// <param name="chance">A number from 0 up to, but without, 1.</param>
    public TimeSpan Pause(ProbeState state, bool isIdle, double chance)
    {
        if (state.IsInTransition) return FastInterval;
        return (isIdle && state.Health == DestinationHealth.Healthy ? IdleInterval : Interval) * (1 - (Jitter * chance));
    }

    /// <summary>Time from the first probe of a destination to its second: anywhere in the interval, so that destinations that came together part at once.</summary>
    public TimeSpan FirstPause(ProbeState state, double chance) =>
        state.IsInTransition ? FastInterval : TimeSpan.FromTicks(Math.Max((long)(Interval.Ticks * chance), Shorter(FastInterval, Interval).Ticks));

    /// <summary>Time to the first probe of one of many destinations that came together: a millisecond for each of them, at most half an interval.</summary>
    public TimeSpan Spread(int destinations, double chance) => Shorter(Interval / 2, TimeSpan.FromMilliseconds(destinations - 1)) * chance;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
