using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Messages of those who describe clusters.</summary>
internal static partial class ClusterSourceLog
{
    [LoggerMessage(1000, LogLevel.Information, "Read {Clusters} clusters from section {Section}.", EventName = "ClustersRead")]
    public static partial void Applied(ILogger logger, int clusters, string section);

    [LoggerMessage(1001, LogLevel.Error, "The change in section {Section} is refused; the last good clusters stay. {Errors}", EventName = "ClustersRefused")]
    public static partial void Refused(ILogger logger, string section, string errors);

    [LoggerMessage(1002, LogLevel.Error, "Section {Section} is gone, as when its file cannot be parsed; the last good clusters stay.", EventName = "ClustersGone")]
    public static partial void Gone(ILogger logger, string section);

    [LoggerMessage(1003, LogLevel.Error, "Section {Section} could not be read again; the last good clusters stay.", EventName = "ClustersFailed")]
    public static partial void Failed(ILogger logger, Exception exception, string section);

    [LoggerMessage(1004, LogLevel.Warning, "{Path} {Message}.", EventName = "ClusterSettingWithoutEffect")]
    public static partial void NoEffect(ILogger logger, string path, string message);
}
