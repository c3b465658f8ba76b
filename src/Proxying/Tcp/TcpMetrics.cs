using System.Diagnostics;
using System.Diagnostics.Metrics;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>What is measured of connections that are passed through. Nothing is paid while nobody listens.</summary>
internal sealed class TcpMetrics
{
    /// <summary>Name of the instrument: connections at present.</summary>
    public const string ActiveName = "net2.tcp.active_connections";

    /// <summary>Name of the instrument: time of connections.</summary>
    public const string DurationName = "net2.tcp.connection.duration";

    /// <summary>Name of the instrument: connections closed before they went anywhere.</summary>
    public const string RefusedName = "net2.tcp.refused_connections";

    /// <summary>Name of the instrument: bytes.</summary>
    public const string BytesName = "net2.tcp.io";

    private const string Port = "net2.tcp.port";
    private const string Reason = "net2.reason";
    private const string Direction = "network.io.direction";

    // Connections live for milliseconds or for days.
    private static readonly double[] Boundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400];

    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _bytes;

    public TcpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ProxyMetrics.MeterName);
        _active = meter.CreateUpDownCounter<long>(ActiveName, "{connection}", "Connections that ports for TCP have at present.");
        _duration = meter.CreateHistogram(
            DurationName, "s", "Time of connections to ports for TCP, from when they were taken to their end.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Boundaries });
        _refused = meter.CreateCounter<long>(RefusedName, "{connection}", "Connections to ports for TCP that were closed before they had gone anywhere.");
        _bytes = meter.CreateCounter<long>(BytesName, "By", "Bytes that ports for TCP took from clients and gave to them.");
    }

    /// <summary>Whether anybody listens to any of it.</summary>
    public bool IsEnabled => _active.Enabled || _duration.Enabled || _refused.Enabled || _bytes.Enabled;

    /// <summary>A connection is there.</summary>
    /// <returns>Whether it was counted, and has to be counted again at its end.</returns>
    public bool Begin(string port)
    {
        if (!_active.Enabled) return false;
        _active.Add(1, new KeyValuePair<string, object?>(Port, port));
        return true;
    }

    /// <summary>A connection that <see cref="Begin"/> has counted is over.</summary>
    public void EndActive(string port) => _active.Add(-1, new KeyValuePair<string, object?>(Port, port));

    /// <summary>A connection is over.</summary>
    public void End(TcpSession session, TimeSpan elapsed)
    {
        if (session.Ending is { IsRefusal: true } refusal)
        {
            _refused.Add(1, new KeyValuePair<string, object?>(Port, session.Port), new KeyValuePair<string, object?>(Reason, refusal.Name));
            return;
        }

        if (_duration.Enabled)
        {
            var tags = new TagList { { Port, session.Port } };
            if (session.ClusterId is { } cluster) tags.Add(HttpAttributes.ClusterId, cluster);
            if (session.DestinationId is { } destination) tags.Add(HttpAttributes.DestinationId, destination);
            if (session.Ending is { } ending) tags.Add(HttpAttributes.ErrorType, ending.Name);
            _duration.Record(elapsed.TotalSeconds, tags);
        }

        if (!_bytes.Enabled) return;
        if (session.Received > 0) Count(session.Received, "receive", session);
        if (session.Sent > 0) Count(session.Sent, "transmit", session);
    }

    private void Count(long bytes, string direction, TcpSession session)
    {
        var tags = new TagList { { Port, session.Port }, { Direction, direction } };
        if (session.ClusterId is { } cluster) tags.Add(HttpAttributes.ClusterId, cluster);
        _bytes.Add(bytes, tags);
    }
}
