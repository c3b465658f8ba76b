using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying;

internal static partial class ProxyStateLog
{
    [LoggerMessage(4010, LogLevel.Information, "The proxy serves {Routes} routes to {Clusters} clusters.")]
    public static partial void Applied(ILogger logger, int routes, int clusters);

    [LoggerMessage(4011, LogLevel.Error, "A change from {Source} is refused, and revision {Revision} keeps serving:\n{Errors}")]
    public static partial void Refused(ILogger logger, string source, string revision, string errors);

    [LoggerMessage(4012, LogLevel.Error, "{Source} could not be read and is asked again in {Retry}; the last good configuration keeps serving.")]
    public static partial void SourceFailed(ILogger logger, string source, TimeSpan retry, Exception exception);

    [LoggerMessage(4013, LogLevel.Warning, "{Path} {Notice}.")]
    public static partial void Notice(ILogger logger, string path, string notice);

    [LoggerMessage(4014, LogLevel.Error, "{Source} hands out configurations whose change token has fired already, and is asked again in {Retry}. A provider has to have the new configuration in place before it signals.")]
    public static partial void SourceStale(ILogger logger, string source, TimeSpan retry);
}
