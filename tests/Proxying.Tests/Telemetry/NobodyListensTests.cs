using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Tests.Telemetry;

/// <summary>Requests pay nothing for being measurable. No test of this assembly may listen to spans: that would count for the whole process.</summary>
public sealed class NobodyListensTests
{
    [Fact]
    public async Task Request_NobodyListens_AllocatesNoMoreThanWithoutTelemetry()
    {
        var services = new ServiceCollection();
        services.AddNet2Proxy();
        await using var provider = services.BuildServiceProvider();
        var telemetry = provider.GetRequiredService<RequestTelemetry>();
        Assert.False(telemetry.IsWanted);
        var without = AllocatedBy(Create(provider, null));
        Assert.Equal(without, AllocatedBy(Create(provider, telemetry)));

        // And with somebody listening it is another matter, or the comparison above would say nothing.
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, provider.GetRequiredService<IMeterFactory>()) && instrument.Name == ProxyMetrics.DurationName) l.EnableMeasurementEvents(instrument);
        };
        listener.Start();
        Assert.True(telemetry.IsWanted);
        Assert.True(AllocatedBy(Create(provider, telemetry)) > without);
    }

    private static Forwarder Create(ServiceProvider services, RequestTelemetry? telemetry) => new(
        services.GetRequiredService<ForwardScopePool>(), services.GetRequiredService<IOptions<RequestGuardOptions>>(), NullLogger<Forwarder>.Instance, null, telemetry);

    // A request that is answered at once, so that all of it happens on this thread.
    private static long AllocatedBy(Forwarder forwarder)
    {
        var route = new RouteState { RouteId = "r", Transforms = new RouteTransforms(), Pipeline = null, Cluster = null, Forwarding = new(), Via = null };
        var context = new DefaultHttpContext();
        context.Request.Method = "OPTIONS";
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Path = "/";
        context.Request.Host = new HostString("a.example");
        context.Request.Headers["Max-Forwards"] = "0";
        for (var i = 0; i < 100; i++) Assert.True(forwarder.ForwardAsync(context, route).IsCompletedSuccessfully);
        Assert.Equal(StatusCodes.Status204NoContent, context.Response.StatusCode);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) _ = forwarder.ForwardAsync(context, route).IsCompletedSuccessfully;
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
