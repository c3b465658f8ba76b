namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>The members of a line, in the order in which they are written.</summary>
internal static class AccessLogFields
{
    public const string Time = "time";
    public const string Client = "client";
    public const string Method = "method";
    public const string Scheme = "scheme";
    public const string Host = "host";
    public const string Target = "target";
    public const string Protocol = "protocol";
    public const string Status = "status";
    public const string Duration = "duration";
    public const string Received = "received";
    public const string Sent = "sent";
    public const string Route = "route";
    public const string Cluster = "cluster";
    public const string Destination = "destination";
    public const string Attempts = "attempts";
    public const string Cache = "cache";
    public const string Error = "error";
    public const string Trace = "trace";
    public const string UserAgent = "userAgent";
    public const string Referer = "referer";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Time, Client, Method, Scheme, Host, Target, Protocol, Status, Duration, Received, Sent, Route, Cluster, Destination, Attempts, Cache, Error, Trace, UserAgent, Referer,
    ];
}
