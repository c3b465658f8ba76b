using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>The traffic of all destinations of a cluster that are not ejected, at one moment: what rules judge.</summary>
internal sealed class ClusterTraffic
{
    private readonly double[] _times;
    private readonly Sums _recent;

    /// <summary>Puts it together.</summary>
    /// <param name="destinations">The destinations.</param>
    /// <param name="window">Their traffic over the whole window.</param>
    /// <param name="recent">Their latest traffic: no more than it takes for a number that says something.</param>
    public ClusterTraffic(Destination[] destinations, TrafficSummary[] window, TrafficSummary[] recent)
    {
        (Destinations, Window, Recent) = (destinations, window, recent);
        foreach (var one in recent) _recent.Add(one, 1);
        _times = [.. window.Where(w => w.TypicalTime > TimeSpan.Zero).Select(w => (double)w.TypicalTime.Ticks).Order()];
    }

    /// <summary>The destinations.</summary>
    public Destination[] Destinations { get; }

    /// <summary>Their traffic over the whole window, in the same order.</summary>
    public TrafficSummary[] Window { get; }

    /// <summary>Their latest traffic, in the same order.</summary>
    public TrafficSummary[] Recent { get; }

    /// <summary>The latest traffic of all but one, as if of one destination.</summary>
    public TrafficSummary OthersOf(int index)
    {
        var sums = _recent;
        sums.Add(Recent[index], -1);
        return new() { Requests = sums.Requests, Failures = sums.Failures, ServerErrors = sums.ServerErrors, GatewayErrors = sums.GatewayErrors };
    }

    /// <summary>The median of the others' typical times; <see langword="null"/> when none of them has answered.</summary>
    public TimeSpan? MedianTimeOfOthers(int index)
    {
        var own = Array.BinarySearch(_times, Window[index].TypicalTime.Ticks);
        var count = own >= 0 ? _times.Length - 1 : _times.Length;
        if (count == 0) return null;
        var lower = At((count - 1) / 2, own);
        var upper = At(count / 2, own);
        return TimeSpan.FromTicks((long)((lower + upper) / 2));
    }

    private double At(int place, int skipped) => _times[skipped >= 0 && place >= skipped ? place + 1 : place];

    private struct Sums
    {
        public int Requests;
        public int Failures;
        public int ServerErrors;
        public int GatewayErrors;

        public void Add(in TrafficSummary one, int sign)
        {
            Requests += sign * one.Requests;
            Failures += sign * one.Failures;
            ServerErrors += sign * one.ServerErrors;
            GatewayErrors += sign * one.GatewayErrors;
        }
    }
}
