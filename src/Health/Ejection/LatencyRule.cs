using System.Globalization;

namespace Net2Secure.Routing.Health;

/// <summary>Typical answers that take many times as long as those of the others, by the median.</summary>
internal sealed class LatencyRule(int factor, int minimumRequests) : IOutlierRule
{
    public const string Name = "latency";

    /// <summary>Below it nobody minds: 5 ms against 0.5 ms are ten times as long, and nothing is wrong.</summary>
    public static readonly TimeSpan LeastDifference = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public Verdict? Judge(ClusterTraffic traffic, int index)
    {
        var own = traffic.Window[index];
        if (own.Requests < minimumRequests || traffic.MedianTimeOfOthers(index) is not { } others) return null;
        if (own.TypicalTime < others * factor || own.TypicalTime - others < LeastDifference) return null;
        return new(
            Name, string.Create(CultureInfo.InvariantCulture, $"answers take {own.TypicalTime.TotalMilliseconds:0} ms, those of the others {others.TotalMilliseconds:0.#} ms"), IsUnreachable: false);
    }
}
