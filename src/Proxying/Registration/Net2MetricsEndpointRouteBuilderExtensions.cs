using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Shielding;
using Net2Secure.Routing.Proxying.Telemetry.Prometheus;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoint that shows the metrics.</summary>
public static class Net2MetricsEndpointRouteBuilderExtensions
{
    /// <summary>The path by default.</summary>
    public const string DefaultPattern = "/_net2/metrics";

    /// <summary>Shows the metrics of this SDK, and of other meters where asked, in the text format of Prometheus (version 0.0.4).</summary>
    /// <remarks>
    /// Requires authorization by the application's default policy; <c>RequireAuthorization("policy")</c> on what is returned asks for another one, <c>AllowAnonymous()</c> for none. Listening begins with this call: what was
    /// measured before it is not there.
    /// </remarks>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="configure">Says what is shown. Default: all meters of this SDK.</param>
    /// <exception cref="InvalidOperationException"><c>AddNet2Proxy</c> has not been called.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static IEndpointConventionBuilder MapNet2Metrics(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = DefaultPattern, Action<MetricsEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var collectors = endpoints.ServiceProvider.GetService<MetricsCollectors>()
            ?? throw new InvalidOperationException("The proxy is not among the services. Call services.AddNet2Proxy() before the application is built.");
        var options = new MetricsEndpointOptions();
        configure?.Invoke(options);
        if (options.MaxSeriesPerInstrument is < 1 or > 100_000)
            throw new ArgumentOutOfRangeException(nameof(configure), options.MaxSeriesPerInstrument, "MaxSeriesPerInstrument is out of range: 1 to 100,000 are allowed.");
        var collector = collectors.Create(options);
        return endpoints.MapMethods(pattern, [HttpMethods.Get], (RequestDelegate)(context => ServeAsync(context, collector))).WithMetadata(new AdministrativeEndpoint("the metrics")).RequireAuthorizationByDefault();
    }

    private static async Task ServeAsync(HttpContext context, MetricsCollector collector)
    {
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        collector.Write(new MetricsWriter(output));
        var response = context.Response;
        response.ContentType = MetricsWriter.ContentType;
        response.ContentLength = output.WrittenCount;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
