using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Health;

/// <summary>Messages of ejecting destinations.</summary>
internal static partial class EjectionLog
{
    [LoggerMessage(2100, LogLevel.Warning, "Destination {Destination} of cluster {Cluster} is ejected for {Period}: {Reason}.", EventName = "DestinationEjected")]
    public static partial void Ejected(ILogger logger, string destination, string cluster, TimeSpan period, string reason);

    [LoggerMessage(2101, LogLevel.Information, "Destination {Destination} of cluster {Cluster} is back: {Reason}.", EventName = "DestinationReadmitted")]
    public static partial void Readmitted(ILogger logger, string destination, string cluster, string reason);

    [LoggerMessage(2102, LogLevel.Warning, "Destination {Destination} of cluster {Cluster} stays, though {Reason}: so many are ejected that it is needed.", EventName = "DestinationNotEjected")]
    public static partial void Kept(ILogger logger, string destination, string cluster, string reason);

    [LoggerMessage(2103, LogLevel.Error, "The passive health policy {Policy} of cluster {Cluster} failed; it counts as finding nothing.", EventName = "PassivePolicyFailed")]
    public static partial void PolicyFailed(ILogger logger, string policy, string cluster, Exception exception);

    [LoggerMessage(2104, LogLevel.Error, "Judging the traffic of cluster {Cluster} failed; it is tried again.", EventName = "JudgingFailed")]
    public static partial void Failed(ILogger logger, string cluster, Exception exception);
}
