using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Telemetry;

/// <summary>What the proxy measures of requests. Nothing is paid while nobody listens.</summary>
internal sealed class ProxyMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Net2Secure.Routing.Proxying";

    /// <summary>Name of the instrument: time of requests.</summary>
    public const string DurationName = "net2.proxy.request.duration";

    /// <summary>Name of the instrument: requests in flight.</summary>
    public const string ActiveName = "net2.proxy.active_requests";

    /// <summary>Name of the instrument: bytes of bodies.</summary>
    public const string BytesName = "net2.proxy.io";

    private const string Direction = "network.io.direction";

    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _bytes;

    public ProxyMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram(
            DurationName, "s", "Time of requests that the proxy took, from their head to the last byte of their response.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = HttpAttributes.DurationBoundaries });
        _active = meter.CreateUpDownCounter<long>(ActiveName, "{request}", "Requests that the proxy is at work on.");
        _bytes = meter.CreateCounter<long>(BytesName, "By", "Bytes of bodies that the proxy took from clients and gave to them.");
    }

    /// <summary>Whether anybody listens to any of it.</summary>
    public bool IsEnabled => _duration.Enabled || _active.Enabled || _bytes.Enabled;

    /// <summary>A request begins.</summary>
    /// <returns>Whether it was counted, and has to be counted again at its end.</returns>
    public bool Begin(RouteState route)
    {
        if (!_active.Enabled) return false;
        _active.Add(1, new KeyValuePair<string, object?>(HttpAttributes.RouteId, route.RouteId));
        return true;
    }

    /// <summary>A request that <see cref="Begin"/> has counted is over.</summary>
    public void EndActive(RouteState route) => _active.Add(-1, new KeyValuePair<string, object?>(HttpAttributes.RouteId, route.RouteId));

    /// <summary>A request is over.</summary>
    public void End(HttpContext context, RouteState route, RequestRecord record, TimeSpan elapsed)
    {
        if (_duration.Enabled)
        {
            var tags = new TagList
            {
                { HttpAttributes.Method, HttpAttributes.MethodOf(context.Request.Method) },
                { HttpAttributes.RouteId, route.RouteId },
            };
            if (route.Cluster is { } cluster) tags.Add(HttpAttributes.ClusterId, cluster.Id);
            if (record.Destination is { } destination) tags.Add(HttpAttributes.DestinationId, destination.Id);
            if (record.Status != 0) tags.Add(HttpAttributes.Status, HttpAttributes.StatusOf(record.Status));
            if (record.ErrorType is { } error) tags.Add(HttpAttributes.ErrorType, error);
            _duration.Record(elapsed.TotalSeconds, tags);
        }

        if (!_bytes.Enabled) return;
        if (record.ReceivedBytes > 0) Count(record.ReceivedBytes, "receive", route);
        if (record.SentBytes > 0) Count(record.SentBytes, "transmit", route);
    }

    private void Count(long bytes, string direction, RouteState route)
    {
        var tags = new TagList { { HttpAttributes.RouteId, route.RouteId }, { Direction, direction } };
        if (route.Cluster is { } cluster) tags.Add(HttpAttributes.ClusterId, cluster.Id);
        _bytes.Add(bytes, tags);
    }
}
