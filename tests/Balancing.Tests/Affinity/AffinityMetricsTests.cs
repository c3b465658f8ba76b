using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

public sealed class AffinityMetricsTests
{
    [Fact]
    public void KeysAndMoves_Observed_ReportWhatWasCountedPerCluster()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing()
            .AddCluster("kept", c => c.SessionAffinity = new() { Enabled = true, AffinityKeyName = "k" })
            .AddCluster("free", _ => { });
        using var provider = services.BuildServiceProvider();
        Assert.True(provider.GetRequiredService<IClusterRegistry>().TryGet("kept", out var cluster));
        var statistics = cluster.Feature<AffinityStatistics>()!;
        statistics.CountRead(AffinityMatch.Invalid);
        statistics.CountRead(AffinityMatch.Unknown);
        statistics.CountRead(AffinityMatch.Unknown);
        statistics.CountRead(AffinityMatch.None);
        statistics.CountAnswer(AffinityMatch.Of(TestDestinations.Named("a")), TestDestinations.Named("b"));

        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope != provider.GetRequiredService<IMeterFactory>() || !instrument.Name.StartsWith("net2.affinity.", StringComparison.Ordinal)) return;
            Assert.False(string.IsNullOrEmpty(instrument.Description));
            l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured.Add($"{instrument.Name} {value} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}"));
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "net2.affinity.moves 1 {request} net2.cluster.id=kept",
                "net2.affinity.unusable_keys 1 {key} net2.cluster.id=kept net2.affinity.reason=invalid",
                "net2.affinity.unusable_keys 2 {key} net2.cluster.id=kept net2.affinity.reason=unknown",
            ],
            measured.Order(StringComparer.Ordinal));
    }
}
