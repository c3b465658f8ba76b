using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of circuit breakers.</summary>
internal static partial class CircuitLog
{
    [LoggerMessage(1020, LogLevel.Warning, "Destination {Destination} of cluster {Cluster} cannot be reached: it is asked by single requests on trial only.", EventName = "CircuitOpened")]
    public static partial void Opened(ILogger logger, string cluster, string destination);

    [LoggerMessage(1021, LogLevel.Information, "Destination {Destination} of cluster {Cluster} can be reached again.", EventName = "CircuitClosed")]
    public static partial void Closed(ILogger logger, string cluster, string destination);
}
