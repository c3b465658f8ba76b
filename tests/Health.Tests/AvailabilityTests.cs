using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests;

/// <summary>What the settings say of who may be used.</summary>
public sealed class AvailabilityTests
{
    [Theory]
    [InlineData(null, null, null, true, 0.5)]
    [InlineData(true, null, null, false, 0.5)]
    [InlineData(true, true, null, true, 0.5)]
    [InlineData(true, null, "HealthyAndUnknown", true, 0)]
    [InlineData(true, null, "healthyorpanic", true, double.Epsilon)]
    [InlineData(true, false, "HealthyOrPanic", false, double.Epsilon)]
    public void Rules_FollowTheSettings(bool? active, bool? unprobed, string? policy, bool usesUnknown, double panic)
    {
        IAvailabilityRules rules = new HealthCheckOptions { Active = new() { Enabled = active, UnprobedTraffic = unprobed }, AvailableDestinationsPolicy = policy };
        Assert.Equal((usesUnknown, panic), (rules.UsesUnknown, rules.PanicThreshold));
    }

    [Fact]
    public void Rules_PercentSet_CountsMoreThanThePolicy() =>
        Assert.Equal(0.3, ((IAvailabilityRules)new HealthCheckOptions { PanicThresholdPercent = 30, AvailableDestinationsPolicy = "HealthyAndUnknown" }).PanicThreshold);

    [Fact]
    public void HealthCheck_OfAnyCluster_IsItsSection()
    {
        var cluster = new ClusterOptions { HealthCheck = new() { PanicThresholdPercent = 1 } };
        Assert.Same(cluster.HealthCheck, cluster.Section<HealthCheckOptions>());
        cluster.HealthCheck = null;
        Assert.Null(cluster.Section<HealthCheckOptions>());
    }
}
