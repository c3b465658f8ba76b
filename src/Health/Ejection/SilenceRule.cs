using System.Globalization;

namespace Net2Secure.Routing.Health;

/// <summary>Requests wait, nothing is answered, and the others answer as ever: a server that has stopped, while its sockets still take what is sent.</summary>
/// <remarks>
/// Nothing answered of all that began since the last answer is a stronger sign than one request waiting long, which may well be a long one. How long counts by how many wait, and by how long answers take elsewhere: ten times
/// that, so that where all requests are long none is a sign.
/// </remarks>
internal sealed class SilenceRule(TimeSpan most) : IOutlierRule
{
    public const string Name = "silence";
    public const int FewestWaiting = 3;
    public const int FullCount = 10;
    public const int TimesTypical = 10;
    public static readonly TimeSpan Default = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public Verdict? Judge(ClusterTraffic traffic, int index)
    {
        var own = traffic.Window[index];
        if (own.Unanswered < FewestWaiting || own.Silence < most * Math.Max(1.0, FullCount / (double)own.Unanswered)) return null;
        if (traffic.MedianTimeOfOthers(index) is not { } typical || own.Silence < typical * TimesTypical || !DoOthersAnswer(traffic, index, own.Silence)) return null;
        return new(
            Name, string.Create(CultureInfo.InvariantCulture, $"answered nothing for {own.Silence.TotalMilliseconds:0} ms while {own.Unanswered} requests wait"), IsUnreachable: true);
    }

    /// <summary>Whether another one has traffic and has not been silent half as long.</summary>
    private static bool DoOthersAnswer(ClusterTraffic traffic, int index, TimeSpan silence)
    {
        for (var i = 0; i < traffic.Recent.Length; i++)
        {
            if (i != index && traffic.Recent[i].Requests > traffic.Recent[i].Failures && traffic.Recent[i].Silence < silence / 2) return true;
        }

        return false;
    }
}
