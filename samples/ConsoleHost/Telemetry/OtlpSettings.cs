namespace Net2Secure.Routing.ConsoleHost.Telemetry;

/// <summary>Environment variables of OpenTelemetry that say whether, where and what is exported. The exporter reads them too, but takes what it does not understand for nothing.</summary>
internal sealed record OtlpSettings(bool ExportsMetrics, bool ExportsTraces, string? ServiceName)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private static readonly string[] Protocols = ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"];

    /// <summary>Reads them.</summary>
    /// <param name="variables">The environment.</param>
    /// <returns>What is exported; <see langword="null"/>: nothing.</returns>
    public static OtlpSettings? From(IConfiguration variables)
    {
        if (string.Equals(variables["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)) return null;
        var all = Has(variables, Endpoint);
        var settings = new OtlpSettings(
            (all || Has(variables, MetricsEndpoint)) && !IsNone(variables, "OTEL_METRICS_EXPORTER"),
            (all || Has(variables, TracesEndpoint)) && !IsNone(variables, "OTEL_TRACES_EXPORTER"),
            variables["OTEL_SERVICE_NAME"]);
        return settings.ExportsMetrics || settings.ExportsTraces ? settings : null;
    }

    /// <summary>Says what is wrong with them, or <see langword="null"/>.</summary>
    public static string? FindMistake(IConfiguration variables)
    {
        foreach (var name in (string[])[Endpoint, MetricsEndpoint, TracesEndpoint])
        {
            if (variables[name] is { Length: > 0 } url && !(Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
                return $"{name} is '{url}', which is no URL to export to. Write it as http://127.0.0.1:4317, or leave it out to export nothing.";
        }

        foreach (var name in Protocols)
        {
            if (variables[name] is { Length: > 0 } protocol && protocol is not ("grpc" or "http/protobuf"))
                return $"{name} is '{protocol}', which is not spoken here. Write grpc or http/protobuf.";
        }

        return null;
    }

    private static bool Has(IConfiguration variables, string name) => variables[name] is { Length: > 0 };

    private static bool IsNone(IConfiguration variables, string name) => string.Equals(variables[name], "none", StringComparison.OrdinalIgnoreCase);
}
