using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Benchmarks.Policies;

/// <summary>A cluster of a policy, as an application would have it. A plus behind the name asks for a bound on loads.</summary>
internal sealed class BenchmarkCluster : IDisposable
{
    private readonly ServiceProvider _services;

    public BenchmarkCluster(string policy, int destinations, bool weighted)
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = policy.TrimEnd('+');
            if (policy.EndsWith('+')) c.Hashing = new HashingOptions { MaxLoadPercent = 125 };
            for (var i = 0; i < destinations; i++)
                c.Destinations[$"d{i}"] = new DestinationOptions { Address = $"http://10.0.{i / 250}.{(i % 250) + 1}/", Weight = weighted ? (i % 5) + 1 : 1 };
        });
        _services = services.BuildServiceProvider();
        Snapshot = _services.GetRequiredService<IClusterRegistry>().Clusters.Single().Snapshot;
        foreach (var destination in Snapshot.Destinations) destination.Latency.Measure(0.01, TimeSpan.FromHours(1), TimeProvider.System);
    }

    public ClusterSnapshot Snapshot { get; }

    public void Dispose() => _services.Dispose();
}
