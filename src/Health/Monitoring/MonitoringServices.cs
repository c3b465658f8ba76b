using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>What the monitors of a process share.</summary>
internal sealed class MonitoringServices : IDisposable
{
    public MonitoringServices(HealthProbeCatalog probes, TimeProvider time, RandomSource random, IMeterFactory meters, ILogger<HealthMonitor> logger)
    {
        (Probes, Time, Random, Logger) = (probes, time, random, logger);
        Metrics = new ProbeMetrics(meters);
        Scheduler = new ProbeScheduler(time);
    }

    public HealthProbeCatalog Probes { get; }

    public TimeProvider Time { get; }

    public RandomSource Random { get; }

    public ILogger Logger { get; }

    public ProbeMetrics Metrics { get; }

    public ProbeScheduler Scheduler { get; }

    /// <summary>Whether probes begin on the thread that moves time, so that a test needs no other. A probe that waits would keep that thread.</summary>
    public bool RunsInline { get; private set; }

    /// <summary>The same, with probes that begin on the thread that moves time.</summary>
    internal MonitoringServices With(bool inline)
    {
        RunsInline = inline;
        return this;
    }

    public void Dispose() => Scheduler.Dispose();
}
