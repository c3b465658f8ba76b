using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Benchmarks.Health;

/// <summary>A cluster of ten thousand destinations from nothing to all of them probed and used, with a probe that answers at once: what the machinery around probes costs.</summary>
[MemoryDiagnoser]
public class StartBenchmarks
{
    [Params(100, 10_000)]
    public int Destinations { get; set; }

    [Benchmark]
    public async Task<int> AllProbedAndUsed()
    {
        var services = new ServiceCollection();
        services.AddNet2Health().AddHealthProbe("Instant", static _ => new InstantProbe()).AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.Random;
            for (var i = 0; i < Destinations; i++) c.Destinations[$"d{i}"] = new DestinationOptions { Address = $"http://10.0.{i / 250}.{(i % 250) + 1}/" };
            c.HealthCheck = new HealthCheckOptions { Active = new ActiveHealthCheckOptions { Enabled = true, Probe = "Instant", Interval = TimeSpan.FromMilliseconds(100) } };
        });
        await using var provider = services.BuildServiceProvider();
        var cluster = provider.GetRequiredService<IClusterRegistry>().Clusters.Single();
        while (cluster.Snapshot.IsPanic || cluster.Snapshot.Candidates.Count < Destinations) await Task.Delay(1);
        return cluster.Snapshot.Candidates.Count;
    }

    private sealed class InstantProbe : IHealthProbe
    {
        public ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken) => ValueTask.FromResult(ProbeResult.Passed);
    }
}
