using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Health;

/// <summary>Messages of monitors.</summary>
internal static partial class MonitoringLog
{
    [LoggerMessage(2000, LogLevel.Information, "Destination {Destination} of cluster {Cluster} is healthy: {Reason}.", EventName = "ProbeFoundHealthy")]
    public static partial void Healthy(ILogger logger, string cluster, string destination, string reason);

    [LoggerMessage(2001, LogLevel.Warning, "Destination {Destination} of cluster {Cluster} is unhealthy: {Reason}.", EventName = "ProbeFoundUnhealthy")]
    public static partial void Unhealthy(ILogger logger, string cluster, string destination, string reason);

    [LoggerMessage(2002, LogLevel.Information, "Destination {Destination} of cluster {Cluster} gets no new requests: {Reason}.", EventName = "ProbeFoundDraining")]
    public static partial void Draining(ILogger logger, string cluster, string destination, string reason);

    [LoggerMessage(2003, LogLevel.Error, "The probe of destination {Destination} of cluster {Cluster} threw; that counts as failed. It is not logged again before a probe has passed.", EventName = "ProbeThrew")]
    public static partial void ProbeThrew(ILogger logger, string cluster, string destination, Exception exception);

    [LoggerMessage(2004, LogLevel.Error, "Cluster {Cluster} cannot be probed with its new settings; those before stay.", EventName = "ProbeNotMade")]
    public static partial void NotMade(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(2005, LogLevel.Error, "What the probes of cluster {Cluster} found could not be made known to all.", EventName = "ProbeNotPublished")]
    public static partial void NotPublished(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(2006, LogLevel.Warning, "Cluster {Cluster} begins to serve before its probes have found enough healthy destinations: {Healthy} of {Destinations} so far.", EventName = "StartedUnproven")]
    public static partial void StartedUnproven(ILogger logger, string cluster, int healthy, int destinations);
}
