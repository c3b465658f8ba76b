using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Benchmarks.Policies;

/// <summary>What a change of health costs: the table of a policy for the destinations that are left.</summary>
[MemoryDiagnoser]
public class TableBenchmarks : IDisposable
{
    private BenchmarkCluster? _cluster;
    private ITableBuildingPolicy? _policy;

    [Params("RoundRobin", "PowerOfTwoChoices", "RingHash", "Maglev", "Rendezvous")]
    public string Policy { get; set; } = "";

    [Params(3, 30, 1000)]
    public int Destinations { get; set; }

    [Params(false, true)]
    public bool Weighted { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _cluster = new BenchmarkCluster(Policy, Destinations, Weighted);
        _policy = (ITableBuildingPolicy)_cluster.Snapshot.Policy;
    }

    [Benchmark]
    public object Build() => _policy!.BuildTable(_cluster!.Snapshot.Candidates);

    [GlobalCleanup]
    public void Dispose()
    {
        _cluster?.Dispose();
        GC.SuppressFinalize(this);
    }
}
