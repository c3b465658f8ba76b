using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Benchmarks.Weights;

/// <summary>What a change of one status costs: the weights of all destinations anew. Snapshots and tables of policies come on top.</summary>
[MemoryDiagnoser]
public class ReweighBenchmarks
{
    private readonly ClusterOptions _options = new();
    private WeighedDestination[] _destinations = [];

    [Params(10, 1000)]
    public int Destinations { get; set; }

    /// <summary>One tier without zones is what most clusters have.</summary>
    [Params("plain", "tiers", "tiers and zones")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var isPlain = Kind == "plain";
        if (Kind.EndsWith("zones", StringComparison.Ordinal)) _options.Zones = new ZoneOptions { Local = "z0" };
        _destinations = [.. Enumerable.Range(0, Destinations).Select(i =>
        {
            var options = new DestinationOptions { Address = $"http://10.0.{i / 250}.{(i % 250) + 1}/", Weight = (i % 5) + 1, Priority = isPlain ? 0 : i % 3, Zone = isPlain ? null : $"z{i % 4}" };
            var status = new DestinationStatus { Active = i % 4 == 0 ? DestinationHealth.Unhealthy : DestinationHealth.Healthy };
            return new WeighedDestination(new Destination("shop", $"d{i}", new Uri(options.Address), options), options, status);
        })];
    }

    [Benchmark]
    public object Weigh() => EffectiveWeights.Of(_destinations, _options);
}
