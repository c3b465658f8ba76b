using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Telemetry;

/// <summary>Looks on while requests are forwarded, for all who want to know: metrics, traces.</summary>
internal sealed class RequestTelemetry(ProxyMetrics metrics, TimeProvider time)
{
    /// <summary>Whether anybody wants to know anything. Asked once per request: where nobody does, nothing more is paid.</summary>
    public bool IsWanted => metrics.IsEnabled || RoutingTraces.Source.HasListeners();

    /// <summary>Forwards a request and notes how that goes.</summary>
    public async Task ObserveAsync(Forwarder forwarder, HttpContext context, RouteState route)
    {
        var record = new RequestRecord { Route = route, Started = time.GetTimestamp() };
        var isCounted = metrics.Begin(route);
        var span = ServerSpan.Begin(context, route);
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
