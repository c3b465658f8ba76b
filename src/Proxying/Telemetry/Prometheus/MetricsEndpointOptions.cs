namespace Net2Secure.Routing.Proxying;

/// <summary>What the metrics endpoint shows.</summary>
public sealed class MetricsEndpointOptions
{
    /// <summary>Names of the meters to be shown; one that ends with <c>*</c> stands for all that begin so. Default: <c>Net2Secure.Routing.*</c>, all of this SDK.</summary>
    /// <remarks>Others worth adding: <c>Microsoft.AspNetCore.Server.Kestrel</c>, <c>Microsoft.AspNetCore.Hosting</c>, <c>System.Runtime</c>.</remarks>
    public IList<string> Meters { get; set; } = ["Net2Secure.Routing.*"];

    /// <summary>Series, that is, different sets of attributes, kept for one instrument; what comes beyond is added up in one series with the label <c>otel_metric_overflow</c>. 1 to 100,000. Default: 2,000.</summary>
    public int MaxSeriesPerInstrument { get; set; } = 2000;
}
