using System.Globalization;

namespace Net2Secure.Routing.Health;

/// <summary>So many attempts failed in a row: the quickest sign of a server that is gone.</summary>
/// <remarks>Five failures in a row by chance need a destination that fails most of the time: at one failure in ten it is one run in a hundred thousand.</remarks>
internal sealed class ConsecutiveFailuresRule(int most) : IOutlierRule
{
    public const string Name = "consecutive_failures";
    public const int Default = 5;

    /// <summary>How many.</summary>
    public int Most { get; } = most;

    /// <inheritdoc/>
    public Verdict? Judge(ClusterTraffic traffic, int index)
    {
        var inARow = traffic.Window[index].ConsecutiveFailures;
        return inARow < Most ? null : new(Name, string.Create(CultureInfo.InvariantCulture, $"{inARow} attempts failed in a row"), IsUnreachable: true);
    }
}
