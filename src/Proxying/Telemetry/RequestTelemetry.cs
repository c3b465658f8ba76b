using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Telemetry;

/// <summary>Looks on while requests are forwarded, for all who want to know: metrics, traces, the access log.</summary>
internal sealed class RequestTelemetry(ProxyMetrics metrics, AccessLogger accessLog, TimeProvider time)
{
    /// <summary>Whether anybody wants to know anything. Asked once per request: where nobody does, nothing more is paid.</summary>
    public bool IsWanted => metrics.IsEnabled || RoutingTraces.Source.HasListeners() || accessLog.IsOn;

    /// <summary>Forwards a request and notes how that goes.</summary>
    public async Task ObserveAsync(Forwarder forwarder, HttpContext context, RouteState route)
    {
        // Where the access log is on, it has made one and waits for it to be filled.
        var record = context.Features.Get<RequestRecord>() ?? new RequestRecord { Started = time.GetTimestamp() };
        record.Route = route;
        var isCounted = metrics.Begin(route);
        var span = ServerSpan.Begin(context, route);
        record.TraceId = span.TraceId;
        try
        {
            await forwarder.ForwardAsync(context, route, record).ConfigureAwait(false);
        }
        finally
        {
            record.Status = record.IsAborted && !context.Response.HasStarted ? 0 : context.Response.StatusCode;
            if (isCounted) metrics.EndActive(route);
            metrics.End(context, route, record, time.GetElapsedTime(record.Started));
            span.End(route, record);
        }
    }
}
