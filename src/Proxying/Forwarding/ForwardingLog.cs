using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Forwarding;

internal static partial class ForwardingLog
{
    [LoggerMessage(4100, LogLevel.Debug, "The client of a request on route '{RouteId}' went away.")]
    public static partial void ClientGone(ILogger logger, string routeId, Exception exception);

    [LoggerMessage(4101, LogLevel.Information, "A request on route '{RouteId}' could not be forwarded to destination '{DestinationId}': {Kind}, answered with {Status}.")]
    public static partial void NotForwarded(ILogger logger, string routeId, string? destinationId, string kind, int status);

    // Apart from the line above: with a destination down, a trace for every request would bury everything else.
    [LoggerMessage(4103, LogLevel.Debug, "Why a request on route '{RouteId}' could not be forwarded.")]
    public static partial void NotForwardedBecause(ILogger logger, string routeId, Exception exception);

    [LoggerMessage(4102, LogLevel.Error, "A request on route '{RouteId}' failed in the proxy itself.")]
    public static partial void Failed(ILogger logger, string routeId, Exception exception);
}
