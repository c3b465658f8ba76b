using System.Globalization;

namespace Net2Secure.Routing.Health;

/// <summary>So many answers 502, 503 or 504 in a row, while the others do better.</summary>
/// <remarks>When the others answer so as well, it is what lies behind all of them, or too much load: to eject some would put theirs on the rest.</remarks>
internal sealed class ConsecutiveGatewayErrorsRule(int most) : IOutlierRule
{
    public const string Name = "consecutive_gateway_errors";
    public const int Default = 5;

    /// <summary>Share of the others' answers from which on it is not this destination's fault.</summary>
    private const double SharedFault = 0.5;

    /// <summary>How many.</summary>
    public int Most { get; } = most;

    /// <inheritdoc/>
    public Verdict? Judge(ClusterTraffic traffic, int index)
    {
        var inARow = traffic.Window[index].ConsecutiveGatewayErrors;
        if (inARow < Most || traffic.OthersOf(index).GatewayErrorShare >= SharedFault) return null;
        return new(Name, string.Create(CultureInfo.InvariantCulture, $"answered 502, 503 or 504 to {inARow} requests in a row"), IsUnreachable: false);
    }
}
