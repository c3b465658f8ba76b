using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Who has steered, and what has gone wrong with showing.</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(4800, LogLevel.Information, "{User} at {Address} has asked: {Action} for destination {Destination} of cluster {Cluster}. Reason: {Reason}", EventName = "DashboardAction")]
    public static partial void Acted(ILogger logger, string user, string address, string action, string destination, string cluster, string reason);

    [LoggerMessage(4801, LogLevel.Warning, "An action was refused, asked for from {Address}: {Reason}", EventName = "DashboardActionRefused")]
    public static partial void Refused(ILogger logger, string address, string reason);

    [LoggerMessage(4802, LogLevel.Error, "The dashboard could not read the state of the proxy, and tries again.", EventName = "DashboardFailed")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(4803, LogLevel.Error, "The dashboard does not follow changes of health any more.", EventName = "DashboardEventsFailed")]
    public static partial void EventsFailed(ILogger logger, Exception exception);
}
