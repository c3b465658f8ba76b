using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of mirroring: when copies begin to fail and when they go through again, not one for each.</summary>
internal static partial class MirrorLog
{
    [LoggerMessage(1500, LogLevel.Warning, "Copies of requests of cluster {Cluster} do not get through to cluster {Mirror}: {Kind}. The requests themselves are not touched by it.", EventName = "MirrorFailing")]
    public static partial void Failing(ILogger logger, string cluster, string mirror, string kind);

    [LoggerMessage(1501, LogLevel.Information, "Copies of requests of cluster {Cluster} get through to cluster {Mirror}.", EventName = "MirrorWorking")]
    public static partial void Working(ILogger logger, string cluster, string mirror);

    [LoggerMessage(1502, LogLevel.Debug, "Why a copy did not get through to cluster {Mirror}.", EventName = "MirrorFailed")]
    public static partial void Failed(ILogger logger, string mirror, Exception exception);
}
