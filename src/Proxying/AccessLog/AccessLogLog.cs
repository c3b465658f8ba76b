using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.AccessLog;

internal static partial class AccessLogLog
{
    [LoggerMessage(4400, LogLevel.Information, "{Line}", EventName = "AccessLogLine")]
    public static partial void Line(ILogger logger, string line);

    [LoggerMessage(4401, LogLevel.Warning, "The access log cannot be written as fast as requests come: {Capacity} lines wait, and more are dropped until there is room.", EventName = "AccessLogDropping")]
    public static partial void Dropping(ILogger logger, int capacity);

    [LoggerMessage(4402, LogLevel.Warning, "The access log cannot be written to '{Path}'; lines are dropped until it can.", EventName = "AccessLogFailing")]
    public static partial void Failing(ILogger logger, string? path, Exception exception);

    [LoggerMessage(4403, LogLevel.Information, "The access log can be written to '{Path}' again.", EventName = "AccessLogRecovered")]
    public static partial void Recovered(ILogger logger, string? path);
}
