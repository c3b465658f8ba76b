using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

internal static partial class MetricsLog
{
    [LoggerMessage(4500, LogLevel.Warning, "The instrument '{Instrument}' of the meter '{Meter}' is left out of the metrics endpoint: '{Name}' is the name of another kind of instrument there.", EventName = "MetricNameTaken")]
    public static partial void NameTaken(ILogger logger, string instrument, string meter, string name);

    [LoggerMessage(4501, LogLevel.Warning, "Some instruments could not be read for the metrics endpoint.", EventName = "MetricNotObserved")]
    public static partial void NotObserved(ILogger logger, Exception exception);
}
