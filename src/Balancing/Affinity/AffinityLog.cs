using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of session affinity.</summary>
internal static partial class AffinityLog
{
    [LoggerMessage(1100, LogLevel.Error, "The session affinity of cluster {Cluster} failed; the request was balanced. Further failures are not logged until the configuration changes.", EventName = "AffinityFailed")]
    public static partial void Failed(ILogger logger, string cluster, Exception exception);
}
