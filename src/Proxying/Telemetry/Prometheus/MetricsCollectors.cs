using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>Makes the collectors of the application's metrics endpoints, and ends them with the application. Until one is mapped, nobody listens.</summary>
internal sealed class MetricsCollectors(IMeterFactory factory, ILogger<MetricsCollector> logger) : IDisposable
{
    private readonly List<MetricsCollector> _collectors = [];

    public MetricsCollector Create(MetricsEndpointOptions options)
    {
        var collector = new MetricsCollector(options, factory, logger);
        _collectors.Add(collector);
        return collector;
    }

    public void Dispose()
    {
        foreach (var collector in _collectors) collector.Dispose();
    }
}
