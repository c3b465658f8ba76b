using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>What is counted of load reports.</summary>
internal sealed class LoadReportMetrics(IMeterFactory meters)
{
    /// <summary>Name of the instrument.</summary>
    public const string MalformedName = "net2.load_reports.malformed";

    private readonly Counter<long> _malformed =
        meters.Create(BalancingMetrics.MeterName).CreateCounter<long>(MalformedName, "{report}", "Load reports of destinations that could not be read, or say what cannot be.");

    public void CountMalformed(Destination destination)
    {
        if (_malformed.Enabled) _malformed.Add(1, new("net2.cluster.id", destination.ClusterId), new("net2.destination.id", destination.Id));
    }
}
