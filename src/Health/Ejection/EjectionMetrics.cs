using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Health;

/// <summary>Counts ejections.</summary>
internal sealed class EjectionMetrics
{
    public const string EjectionsName = "net2.health.ejections";
    public const string ReadmissionsName = "net2.health.readmissions";

    private readonly Counter<long> _ejections;
    private readonly Counter<long> _readmissions;

    public EjectionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(HealthStateMetrics.MeterName);
        _ejections = meter.CreateCounter<long>(EjectionsName, "{ejection}", "Ejections of destinations by what their traffic showed, by rule.");
        _readmissions = meter.CreateCounter<long>(ReadmissionsName, "{readmission}", "Destinations that came back from an ejection.");
    }

    public void Ejected(string cluster, string destination, string rule)
    {
        if (_ejections.Enabled) _ejections.Add(1, new("net2.cluster.id", cluster), new("net2.destination.id", destination), new("net2.health.rule", rule));
    }

    public void Readmitted(string cluster, string destination)
    {
        if (_readmissions.Enabled) _readmissions.Add(1, new("net2.cluster.id", cluster), new("net2.destination.id", destination));
    }
}
