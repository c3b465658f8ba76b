using Net2Secure.Routing.Proxying.AccessLog;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Tells of connections to whoever wants to know: metrics and the access log. Thread-safe.</summary>
internal sealed class TcpTelemetry(TcpMetrics metrics, AccessLogger log, TimeProvider time)
{
    /// <summary>A connection is there.</summary>
    public Watch Begin(string port)
    {
        if (!metrics.IsEnabled && !log.IsOn) return default;
        return new(time.GetUtcNow(), time.GetTimestamp(), IsOn: true, IsCounted: metrics.Begin(port));
    }

    /// <summary>A connection is over.</summary>
    /// <param name="watch">What <see cref="Begin"/> said of it.</param>
    /// <param name="session">The connection.</param>
    public void End(in Watch watch, TcpSession session)
    {
        if (!watch.IsOn) return;
        var elapsed = time.GetElapsedTime(watch.Started);
        if (watch.IsCounted) metrics.EndActive(session.Port);
        metrics.End(session, elapsed);
        if (log.IsOn) log.Write(new ConnectionLogEntry(session, watch.Time, elapsed));
    }

    /// <summary>When a connection came, for those who want to know.</summary>
    public readonly record struct Watch(DateTimeOffset Time, long Started, bool IsOn, bool IsCounted);
}
