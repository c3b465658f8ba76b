using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Telemetry;

public sealed class BalancingMetricsTests
{
    [Fact]
    public void ActiveRequests_Observed_ReportsWhatIsInFlightPerDestination()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("metered", c =>
        {
            c.Destinations["a"] = new() { Address = "http://10.0.0.1:8080/" };
            c.Destinations["b"] = new() { Address = "https://b.example/" };
        });
        using var provider = services.BuildServiceProvider();
        var registry = provider.GetRequiredService<IClusterRegistry>();
        registry.Clusters.Single().Snapshot.Destinations[0].Busy(3);

        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            // Other tests run meters of the same name; only the one of this provider is looked at.
            if (instrument.Meter.Scope != provider.GetRequiredService<IMeterFactory>() || instrument.Name != BalancingMetrics.ActiveRequestsName) return;
            Assert.Equal(("Net2Secure.Routing.Balancing", "net2.destination.active_requests", "{request}"), (instrument.Meter.Name, instrument.Name, instrument.Unit));
            Assert.False(string.IsNullOrEmpty(instrument.Description));
            l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
            measured.Add($"{value} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}"));
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "3 net2.cluster.id=metered net2.destination.id=a server.address=10.0.0.1 server.port=8080",
                "0 net2.cluster.id=metered net2.destination.id=b server.address=b.example server.port=443",
            ],
            measured);
    }
}
