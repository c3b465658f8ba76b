using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying;

internal static partial class TransformLog
{
    [LoggerMessage(4200, LogLevel.Warning, "Route '{RouteId}': a transform asks for the route value '{Name}', which the path template '{Path}' has no parameter for. "
        + "It stays without a value unless middleware of the application supplies one.", EventName = "TransformRouteValueMissing")]
    public static partial void RouteValueMissing(ILogger logger, string routeId, string name, string? path);
}
