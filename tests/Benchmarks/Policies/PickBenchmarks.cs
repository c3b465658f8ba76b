using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Benchmarks.Policies;

/// <summary>What one choice costs, by policy, number of destinations and whether weights differ; to be read as ratios to RoundRobin. Nothing may be allocated.</summary>
/// <remarks>A thousand requests in turn, each with a key of its own, so that hashes look at other places each time. "+" is the policy with a bound on loads.</remarks>
[MemoryDiagnoser]
public class PickBenchmarks : IDisposable
{
    private readonly HttpRequestMessage[] _requests = [.. Enumerable.Range(0, 1024).Select(i => new RoutedRequestMessage { HashKey = $"user-{i:00000000}" })];
    private BenchmarkCluster? _cluster;
    private int _next;

    [Params(
        "RoundRobin", "Random", "LeastRequests", "PowerOfTwoChoices", "PeakEwma", "First", "FirstAlphabetical", "RingHash", "RingHash+", "Maglev", "Maglev+", "Rendezvous", "Rendezvous+")]
    public string Policy { get; set; } = "";

    [Params(3, 30, 1000)]
    public int Destinations { get; set; }

    [Params(false, true)]
    public bool Weighted { get; set; }

    [GlobalSetup]
    public void Setup() => _cluster = new BenchmarkCluster(Policy, Destinations, Weighted);

    [Benchmark]
    public Destination? Pick() => _cluster!.Snapshot.Pick(_requests[_next++ & 1023]);

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (var request in _requests) request.Dispose();
        _cluster?.Dispose();
        GC.SuppressFinalize(this);
    }
}
