using System.Globalization;

namespace Net2Secure.Routing.Health;

/// <summary>A share of successes further below the mean than a number of standard deviations: Envoy's success rate outlier.</summary>
/// <remarks>Mean and deviation are over the destinations with enough requests, and need enough of these: five, as one of few is part of its own mean.</remarks>
internal sealed class SuccessRateRule(int thousandths) : IOutlierRule
{
    public const string Name = "success_rate";
    public const int LeastDestinations = 5;
    public const int LeastRequests = 100;

    /// <inheritdoc/>
    public Verdict? Judge(ClusterTraffic traffic, int index)
    {
        if (traffic.Window[index].Requests < LeastRequests) return null;
        var (count, sum, squares) = (0, 0.0, 0.0);
        foreach (var one in traffic.Window)
        {
            if (one.Requests < LeastRequests) continue;
            var success = 1 - one.ErrorShare;
            count++;
            sum += success;
            squares += success * success;
        }

        if (count < LeastDestinations) return null;
        var mean = sum / count;
        var deviation = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
        var own = 1 - traffic.Window[index].ErrorShare;
        return own >= mean - (deviation * thousandths / 1000)
            ? null
            : new(Name, string.Create(CultureInfo.InvariantCulture, $"{own:P1} of {traffic.Window[index].Requests} attempts succeeded, of all {mean:P1}"), IsUnreachable: false);
    }
}
