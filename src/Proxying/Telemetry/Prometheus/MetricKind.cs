namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>Types of the text format.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
