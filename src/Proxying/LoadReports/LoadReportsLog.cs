using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.LoadReports;

/// <summary>Messages of load reports.</summary>
internal static partial class LoadReportsLog
{
    [LoggerMessage(4090, LogLevel.Warning, "ApplicationUtilization of the load reports failed; reports go without it.", EventName = "LoadMeasuringFailed")]
    public static partial void MeasuringFailed(ILogger logger, Exception exception);
}
