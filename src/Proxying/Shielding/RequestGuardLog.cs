using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying;

internal static partial class RequestGuardLog
{
    [LoggerMessage(4700, LogLevel.Debug, "Connection {ConnectionId}: request refused with {Status}. {Detail}", EventName = "RequestRefused")]
    public static partial void RequestRefused(ILogger logger, string connectionId, int status, string? detail);

    [LoggerMessage(4701, LogLevel.Debug, "Connection {ConnectionId}: request body refused. {Detail}", EventName = "BodyRefused")]
    public static partial void BodyRefused(ILogger logger, string connectionId, string? detail);

    [LoggerMessage(4702, LogLevel.Debug, "Connection {ConnectionId}: ended, because too many HTTP/2 frames came for their own sake.", EventName = "FramesRefused")]
    public static partial void FramesRefused(ILogger logger, string connectionId);
}
