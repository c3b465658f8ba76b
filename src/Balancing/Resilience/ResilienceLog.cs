using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of resilience.</summary>
internal static partial class ResilienceLog
{
    [LoggerMessage(1022, LogLevel.Error, "The resilience strategies of the application failed to prepare for cluster {Cluster}; it goes without them.", EventName = "ResilienceStrategiesFailed")]
    public static partial void StrategiesFailed(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(1023, LogLevel.Debug, "Attempt {Attempt} of a request to cluster {Cluster} failed at destination {Destination}: {Kind}. It is tried again.", EventName = "AttemptRetried")]
    public static partial void Retried(ILogger logger, int attempt, string cluster, string? destination, string kind);
}
