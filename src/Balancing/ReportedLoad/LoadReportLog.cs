using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of reported load.</summary>
internal static partial class LoadReportLog
{
    [LoggerMessage(1030, LogLevel.Error, "The destinations of cluster {Cluster} could not be weighed by the load that they report.", EventName = "ReportedLoadNotWeighed")]
    public static partial void NotWeighed(ILogger logger, string cluster, Exception exception);
}
