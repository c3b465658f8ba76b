using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.ResponseCaching.Purging;

/// <summary>Who purged. What was purged is not told: a URI may carry secrets.</summary>
internal static partial class CachePurgeLog
{
    [LoggerMessage(2300, LogLevel.Information, "{User} at {Address} has purged the response cache: {Purges} purges, soft: {IsSoft}, {Responses} responses.", EventName = "CachePurged")]
    public static partial void Purged(ILogger logger, string user, string address, int purges, bool isSoft, long responses);
}
