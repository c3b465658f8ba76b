using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of limits.</summary>
internal static partial class LimitsLog
{
    [LoggerMessage(1400, LogLevel.Warning, "Cluster {Cluster} has reached its limits: requests are refused, {Waiting} wait. Said again when it begins anew.", EventName = "LimitReached")]
    public static partial void Refusing(ILogger logger, string cluster, int waiting);
}
