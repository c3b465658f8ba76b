using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Net2Secure.Routing.ConsoleHost.Telemetry;

/// <summary>Exports metrics and traces over OTLP for as long as it lives. What cannot be delivered is dropped: requests never wait for it.</summary>
internal sealed class OtlpExport : IDisposable
{
    private const string DefaultServiceName = "net2-proxy";

    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;

    private OtlpExport(MeterProvider? metrics, TracerProvider? traces) => (_metrics, _traces) = (metrics, traces);

    /// <summary>Begins, if the environment asks for it. Before it nobody listens, and nothing is paid.</summary>
    public static OtlpExport? Start(IConfiguration variables) => OtlpSettings.From(variables) is { } settings
        ? new(
            settings.ExportsMetrics
                ? Sdk.CreateMeterProviderBuilder().ConfigureResource(r => Describe(r, settings)).AddMeter("Net2Secure.Routing.*", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddOtlpExporter().Build()
                : null,
            settings.ExportsTraces ? Sdk.CreateTracerProviderBuilder().ConfigureResource(r => Describe(r, settings)).AddSource("Net2Secure.Routing").AddOtlpExporter().Build() : null)
        : null;

    /// <summary>Sends what is left, within a few seconds.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void Describe(ResourceBuilder resource, OtlpSettings settings)
    {
        if (settings.ServiceName is not { Length: > 0 }) resource.AddService(DefaultServiceName, serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString());
        // What the user says of the service comes last, and counts.
        resource.AddEnvironmentVariableDetector();
    }
}
