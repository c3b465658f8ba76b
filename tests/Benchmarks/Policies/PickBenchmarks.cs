using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Benchmarks.Policies;

/// <summary>What one choice costs, by policy, number of destinations and whether weights differ. Nothing may be allocated.</summary>
[MemoryDiagnoser]
public class PickBenchmarks : IDisposable
{
    private readonly HttpRequestMessage _request = new(HttpMethod.Get, "http://shop/");
    private ServiceProvider? _services;
    private ClusterSnapshot? _snapshot;

    [Params("RoundRobin", "Random", "LeastRequests", "PowerOfTwoChoices", "FirstAlphabetical")]
    public string Policy { get; set; } = "";

    [Params(3, 30, 1000)]
    public int Destinations { get; set; }

    [Params(false, true)]
    public bool Weighted { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = Policy;
            for (var i = 0; i < Destinations; i++)
                c.Destinations[$"d{i}"] = new DestinationOptions { Address = $"http://10.0.{i / 250}.{(i % 250) + 1}/", Weight = Weighted ? (i % 5) + 1 : 1 };
        });
        _services = services.BuildServiceProvider();
        _snapshot = _services.GetRequiredService<IClusterRegistry>().Clusters.Single().Snapshot;
    }

    [Benchmark]
    public Destination? Pick() => _snapshot!.Pick(_request);

    [GlobalCleanup]
    public void Dispose()
    {
        _request.Dispose();
        _services?.Dispose();
        GC.SuppressFinalize(this);
    }
}
