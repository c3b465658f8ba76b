using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of live clusters.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(1010, LogLevel.Error, "The load balancing policy of cluster {Cluster} failed to prepare for changed weights; the last good ones stay.", EventName = "ClusterNotReweighed")]
    public static partial void NotReweighed(ILogger logger, string cluster, Exception exception);
}
