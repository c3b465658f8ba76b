using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of discovery: one for each change.</summary>
internal static partial class DiscoveryLog
{
    [LoggerMessage(1120, LogLevel.Information, "Destination {Destination} of cluster {Cluster} is now {Count} servers: {Addresses}.", EventName = "DiscoveryChanged")]
    public static partial void Changed(ILogger logger, string cluster, string destination, int count, string addresses);

    [LoggerMessage(1121, LogLevel.Warning, "The servers of destination {Destination} of cluster {Cluster} could not be found: {Reason} The {Kept} found last stay; it is asked again.", EventName = "DiscoveryFailed")]
    public static partial void Failed(ILogger logger, string cluster, string destination, string reason, int kept);

    [LoggerMessage(1122, LogLevel.Information, "The servers of destination {Destination} of cluster {Cluster} are found again.", EventName = "DiscoveryRecovered")]
    public static partial void Recovered(ILogger logger, string cluster, string destination);

    [LoggerMessage(1123, LogLevel.Error, "What was found for destination {Destination} of cluster {Cluster} cannot be used; what there was stays. {Errors}", EventName = "DiscoveryRefused")]
    public static partial void Refused(ILogger logger, string cluster, string destination, string errors);
}
