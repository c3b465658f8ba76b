using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Monitoring;

/// <summary>Probes that really run at once, while the configuration changes under them.</summary>
public sealed class MonitorThreadsTests
{
    [Fact]
    public async Task ReloadsDuringProbes_EndInWhatTheLastConfigurationAndTheProbesSay()
    {
        var probe = new Yielding();
        var services = new ServiceCollection();
        services.AddNet2Health().AddHealthProbe("Yielding", _ => probe);
        var provider = services.BuildServiceProvider();
        var registry = provider.GetRequiredService<ClusterRegistry>();
        for (var round = 0; round < 30; round++)
        {
            registry.Apply(this, [Options(100 + (round % 3 * 50), round % 5)]);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        registry.Apply(this, [Options(200, 0)]);
        var cluster = registry.Clusters.Single();
        var expected = cluster.Snapshot.Destinations.Where(d => !IsDead(d.Id)).Select(d => d.Id).ToList();
        await EventuallyAsync(() => !cluster.Snapshot.IsPanic && cluster.Snapshot.Candidates.Select(d => d.Id).SequenceEqual(expected));
        Assert.Null(cluster.Starting);

        await provider.DisposeAsync();
        var running = probe.Running;

        // Probes that were handed to the thread pool before the end may still begin; they come to rest, and then nothing begins any more.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var asked = -1;
        while (asked != probe.Asked || probe.Running > 0)
        {
            asked = probe.Asked;
            await Task.Delay(150, patience.Token);
        }

        await Task.Delay(250, TestContext.Current.CancellationToken);
        Assert.Equal(asked, probe.Asked);
        Assert.InRange(running, 0, ProbeScheduler.DefaultMaxConcurrent);
    }

    private static ClusterOptions Options(int destinations, int path) => new()
    {
        ClusterId = "shop",
        Destinations = Enumerable.Range(0, destinations).ToDictionary(i => $"d{i}", i => new DestinationOptions { Address = $"http://10.0.0.1:{i + 1}/" }),
        HealthCheck = new() { Active = new() { Enabled = true, Probe = "Yielding", Path = $"/{path}", Interval = TimeSpan.FromMilliseconds(100), FastInterval = TimeSpan.FromMilliseconds(10) } },
    };

    private static bool IsDead(string name) => name.EndsWith('3');

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(5, patience.Token);
    }

    private sealed class Yielding : IHealthProbe
    {
        private int _asked;
        private int _running;

        public int Asked => Volatile.Read(ref _asked);

        public int Running => Volatile.Read(ref _running);

        public async ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            Interlocked.Increment(ref _running);
            try
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                return IsDead(context.Destination!.Id) ? throw new InvalidOperationException("dead") : ProbeResult.Passed;
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
    }
}
