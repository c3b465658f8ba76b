using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Proxying.Explaining;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Telemetry;

/// <summary>Looks on while requests are forwarded, for all who want to know: metrics, traces, the access log, decision records.</summary>
internal sealed class RequestTelemetry(ProxyMetrics metrics, AccessLogger accessLog, RequestExplanations explanations, RequestTraffic traffic, TimeProvider time)
{
    /// <summary>Whether anybody wants to know anything. Asked once per request: where nobody does, nothing more is paid.</summary>
    public bool IsWanted => metrics.IsEnabled || RoutingTraces.Source.HasListeners() || accessLog.IsOn || explanations.IsEnabled || traffic.IsOn;

    /// <summary>Forwards a request and notes how that goes.</summary>
    public async Task ObserveAsync(Forwarder forwarder, HttpContext context, RouteState route)
    {
        // Where the access log is on, it has made one and waits for it to be filled.
        var record = context.Features.Get<RequestRecord>() ?? new RequestRecord { Started = time.GetTimestamp() };
        record.Route = route;
        var explaining = Explain(context, record);
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
            var elapsed = time.GetElapsedTime(record.Started);
            metrics.End(context, route, record, elapsed);
            if (traffic.IsOn) traffic.Count(route, record, elapsed);
            if (explaining is { SpanAttributes: true }) ExplainedSpan.Describe(span, record);
            span.End(route, record);
            if (explaining is not null) explanations.Keep(context, record, elapsed, explaining);
        }
    }

    /// <returns>By which settings the request has a decision record; <see langword="null"/>: it has none.</returns>
    private ExplainSettings? Explain(HttpContext context, RequestRecord record)
    {
        if (explanations.Settings is not { } settings) return null;
        var isTrusted = settings.Trusts(context.Connection.RemoteIpAddress);
        if (!isTrusted && !explanations.Draws(settings)) return null;
        record.Journal = new AttemptJournal();
        record.WantsCache = true;
        if (isTrusted) TrustedFields.WriteAtStart(context, record, time);
        return settings;
    }
}
