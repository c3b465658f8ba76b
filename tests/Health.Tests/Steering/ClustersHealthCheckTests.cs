using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Steering;

public sealed class ClustersHealthCheckTests : IDisposable
{
    private readonly ObservedCluster _cluster = new(4);

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Check_AllTakeTraffic_IsHealthy()
    {
        var result = await CheckAsync();
        Assert.Equal((HealthStatus.Healthy, "4 of 4 destinations take traffic"), (result.Status, result.Data["shop"]));
    }

    [Fact]
    public async Task Check_OneIsOut_IsDegraded()
    {
        _cluster.Refuse(0, times: 5);
        var result = await CheckAsync();
        Assert.Equal((HealthStatus.Degraded, "3 of 4 destinations take traffic"), (result.Status, result.Data["shop"]));
    }

    [Fact]
    public async Task Check_Panic_IsUnhealthy()
    {
        for (var i = 0; i < 3; i++) _cluster.Cluster.Update(_cluster[i], "probe failed", s => s with { Active = DestinationHealth.Unhealthy });
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(worst: HealthStatus.Degraded)).Status);
    }

    [Fact]
    public async Task Check_NobodyLeft_IsUnhealthyAndNamesTheCluster()
    {
        for (var i = 0; i < 4; i++) _cluster.Control.Force("shop", _cluster[i].Id, DestinationOverride.Unhealthy, "night");
        var result = await CheckAsync("shop");
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("shop", result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_UnknownCluster_IsUnhealthy() => Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync("nowhere")).Status);

    [Fact]
    public async Task AddNet2Clusters_AmongTheChecksOfAnApplication_IsRun()
    {
        var services = new ServiceCollection();
        services.AddHealthChecks().AddNet2Clusters(tags: ["ready"]);
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["a"] = new() { Address = "http://10.0.0.1/" });
        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(c => c.Tags.Contains("ready"), TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, Assert.Contains("clusters", report.Entries).Status);
    }

    private Task<HealthCheckResult> CheckAsync(string? cluster = null, HealthStatus worst = HealthStatus.Unhealthy)
    {
        var check = new ClustersHealthCheck(_cluster.Reader, cluster);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("clusters", check, worst, null) };
        return check.CheckHealthAsync(context, TestContext.Current.CancellationToken);
    }
}
