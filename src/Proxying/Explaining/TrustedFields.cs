using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.ResponseCaching;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>Tells a trusted caller in the fields of its answer where that comes from: <c>Proxy-Status</c> (RFC 9209), <c>Cache-Status</c> (RFC 9211), <c>Server-Timing</c>.</summary>
internal static class TrustedFields
{
    /// <summary>Writes them when the response begins: what comes later is not in them.</summary>
    public static void WriteAtStart(HttpContext context, RequestRecord record, TimeProvider time) =>
        context.Response.OnStarting(
            static state =>
            {
                var (context, record, time) = ((HttpContext, RequestRecord, TimeProvider))state;
                Write(context.Response, record, time);
                return Task.CompletedTask;
            },
            (context, record, time));

    private static void Write(HttpResponse response, RequestRecord record, TimeProvider time)
    {
        if (record.Route is not { } route || record.Journal is not { } journal) return;
        var attempts = journal.Attempts();
        var name = route.Forwarding.Via.Length > 0 ? route.Forwarding.Via : "net2";
        // What the proxy has written of its own failure, this one says too.
        if (record.Failure is not null) response.Headers.Remove("Proxy-Status");
        response.Headers.Append("Proxy-Status", ProxyStatus(name, record, attempts, response.StatusCode));
        var isSaid = false;
        foreach (var said in response.Headers["Cache-Status"]) isSaid |= said is not null && said.StartsWith(RouteCaches.CacheStatusName, StringComparison.Ordinal);
        if (record.Cache is { } cache && !isSaid) response.Headers.Append("Cache-Status", $"{RouteCaches.CacheStatusName}; {cache}");
        response.Headers.Append("Server-Timing", ServerTiming(attempts, record, time));
    }

    private static string ProxyStatus(string name, RequestRecord record, AttemptNote[] attempts, int status)
    {
        var text = new StringBuilder(name);
        if (record.Failure is { } failure) text.Append("; error=").Append(failure);
        if (attempts.Length == 0) return text.ToString();
        var last = attempts[^1];
        // The one that answered, where several ran side by side.
        foreach (var attempt in attempts)
        {
            if (attempt.Status == status) last = attempt;
        }

        text.Append("; next-hop=").Append(Quoted(last.DestinationId));
        if (last.Status != 0) text.Append(CultureInfo.InvariantCulture, $"; received-status={last.Status}");
        if (attempts.Length > 1) text.Append(CultureInfo.InvariantCulture, $"; details=\"{attempts.Length} attempts\"");
        return text.ToString();
    }

    private static string ServerTiming(AttemptNote[] attempts, RequestRecord record, TimeProvider time)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"net2;dur={time.GetElapsedTime(record.Started).TotalMilliseconds:0.###}");
        foreach (var attempt in attempts)
        {
            text.Append(CultureInfo.InvariantCulture, $", attempt{attempt.Number};desc=");
            text.Append(Quoted(attempt.Failure is { } failure ? $"{attempt.DestinationId} {failure}" : attempt.DestinationId));
            if (attempt.Elapsed is { } elapsed) text.Append(CultureInfo.InvariantCulture, $";dur={elapsed.TotalMilliseconds:0.###}");
        }

        if (record.Cache is { } cache) text.Append(", cache;desc=").Append(Quoted(cache));
        return text.ToString();
    }

    // Names are the user's own, and may have any character (RFC 9110 §5.6.4, RFC 8941 §3.3.3).
    private static string Quoted(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\') text.Append('\\');
            text.Append(c is >= ' ' and <= '~' ? c : '?');
        }

        return text.Append('"').ToString();
    }
}
