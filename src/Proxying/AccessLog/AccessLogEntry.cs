using System.Globalization;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>What a line is made of.</summary>
internal readonly struct AccessLogEntry(HttpContext context, RequestRecord record, DateTimeOffset time, TimeSpan elapsed, bool hasThrown)
{
    public HttpContext Context => context;

    public RequestRecord Record => record;

    public DateTimeOffset Time => time;

    public TimeSpan Elapsed => elapsed;

    public string? Client => context.Connection.RemoteIpAddress?.ToString();

    /// <summary>Path and query as the client has sent them.</summary>
    public string Target => ReceivedTarget.Of(context);

    /// <summary>The status; 499, as nginx has it, where the client was gone before there was one.</summary>
    public int Status
    {
        get
        {
            if (record.Route is not null) return record.Status == 0 ? StatusCodes.Status499ClientClosedRequest : record.Status;
            // The server makes this of an exception, once it gets to see it.
            return hasThrown && !context.Response.HasStarted ? StatusCodes.Status500InternalServerError : context.Response.StatusCode;
        }
    }

    /// <summary>Bytes of the response's body.</summary>
    public long Sent => record.SentBytes > 0 || context.Request.Method == "HEAD" ? record.SentBytes : context.Response.ContentLength ?? 0;

    /// <summary>When the request came, as the Combined Log Format has it.</summary>
    public string CombinedTime => CombinedTimeOf(time);

    /// <summary>A time as the Combined Log Format has it.</summary>
    public static string CombinedTimeOf(DateTimeOffset time) => time.ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    /// <summary>Whether it is one of those that are written whatever the sample.</summary>
    public bool HasFailed => record.Failure is not null || Status >= 500;
}
