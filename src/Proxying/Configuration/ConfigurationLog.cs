using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying;

/// <summary>Messages of the sources of configuration.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(4200, LogLevel.Information, "Read revision {Revision} of the proxy's configuration from {Source}: {Routes} routes, {Clusters} clusters.", EventName = "ConfigRead")]
    public static partial void Read(ILogger logger, string revision, string source, int routes, int clusters);

    [LoggerMessage(4201, LogLevel.Error, "The change in {Source} is refused; the last good configuration, revision {Revision}, keeps serving. {Errors}", EventName = "ConfigRefused")]
    public static partial void Refused(ILogger logger, string source, string revision, string errors);

    [LoggerMessage(4202, LogLevel.Error, "A listener to changes of {Source} failed.", EventName = "ConfigListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, Exception exception, string source);
}
