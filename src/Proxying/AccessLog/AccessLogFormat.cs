namespace Net2Secure.Routing.Proxying;

/// <summary>How a line of the access log is written.</summary>
public enum AccessLogFormat
{
    /// <summary>One JSON object per line.</summary>
    Json,

    /// <summary>The Combined Log Format of Apache and nginx: client, time, request line, status, bytes, referrer, user agent.</summary>
    Combined,
}
