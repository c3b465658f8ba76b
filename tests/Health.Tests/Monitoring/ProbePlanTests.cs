using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Monitoring;

/// <summary>When the next probe is due.</summary>
public sealed class ProbePlanTests
{
    private static readonly ProbeState Healthy = new(DestinationHealth.Healthy, Passed: 5);
    private static readonly ProbeState Unhealthy = new(DestinationHealth.Unhealthy, Failed: 5);
    private static readonly ProbeState Falling = new(DestinationHealth.Healthy, Failed: 1);

    [Fact]
    public void Of_NothingSet_HasTheDocumentedDefaults()
    {
        var plan = Plan(new());
        Assert.Equal((Seconds(15), Seconds(1), Seconds(15), Seconds(10), Seconds(2)), (plan.Interval, plan.FastInterval, plan.IdleInterval, plan.Timeout, plan.StartupTimeout));
        Assert.Equal((2, 3, false), (plan.HealthyThreshold, plan.UnhealthyThreshold, plan.SlowsDown));
    }

    [Theory]
    [InlineData(100, 100, 100)]
    [InlineData(1000, 100, 1000)]
    [InlineData(5000, 500, 5000)]
    [InlineData(60_000, 1000, 10_000)]
    public void Of_IntervalAlone_TheOthersFollowIt(int interval, int fast, int timeout)
    {
        var plan = Plan(new() { Interval = TimeSpan.FromMilliseconds(interval) });
        Assert.Equal((TimeSpan.FromMilliseconds(fast), TimeSpan.FromMilliseconds(timeout)), (plan.FastInterval, plan.Timeout));
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("5", 5)]
    public void Of_ThresholdInTheMetadata_CountsUnlessTheSettingIsThere(string? metadata, int expected)
    {
        var texts = metadata is null ? [] : new Dictionary<string, string> { ["ConsecutiveFailuresHealthPolicy.Threshold"] = metadata };
        Assert.Equal(expected, ProbePlan.Of(new(), texts).UnhealthyThreshold);
        Assert.Equal(7, ProbePlan.Of(new() { UnhealthyThreshold = 7 }, texts).UnhealthyThreshold);
    }

    [Fact]
    public void Pause_SteadyState_IsTheIntervalLessUpToATenthAndNeverMore()
    {
        var plan = Plan(new() { Interval = Seconds(10) });
        Assert.Equal(Seconds(10), plan.Pause(Healthy, isIdle: false, chance: 0));
        Assert.Equal(Seconds(9.5), plan.Pause(Unhealthy, isIdle: false, chance: 0.5));
        Assert.InRange(plan.Pause(Healthy, isIdle: false, chance: 0.999999), Seconds(9), Seconds(9.001));
    }

    [Fact]
    public void Pause_BetweenTwoVerdicts_IsFast()
    {
        var plan = Plan(new() { Interval = Seconds(10), IdleInterval = Seconds(60) });
        Assert.Equal(Seconds(1), plan.Pause(Falling, isIdle: false, chance: 0.5));
        Assert.Equal(Seconds(1), plan.Pause(Falling, isIdle: true, chance: 0.5));
    }

    [Fact]
    public void Pause_Idle_IsLongForTheHealthyAlone()
    {
        var plan = Plan(new() { Interval = Seconds(10), IdleInterval = Seconds(60) });
        Assert.True(plan.SlowsDown);
        Assert.Equal(Seconds(60), plan.Pause(Healthy, isIdle: true, chance: 0));
        Assert.Equal(Seconds(10), plan.Pause(Unhealthy, isIdle: true, chance: 0));
    }

    [Fact]
    public void FirstPause_IsAnywhereInTheInterval_SoThatDestinationsPart()
    {
        var plan = Plan(new() { Interval = Seconds(10) });
        Assert.Equal([1, 5, 9.9], new[] { 0.01, 0.5, 0.99 }.Select(chance => plan.FirstPause(Healthy, chance).TotalSeconds));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 3)]
    [InlineData(10_000, 500)]
    public void Spread_IsAMillisecondForEach_AtMostHalfAnInterval(int destinations, double most) =>
        Assert.Equal(most, Plan(new() { Interval = Seconds(1) }).Spread(destinations, chance: 1).TotalMilliseconds);

    private static ProbePlan Plan(ActiveHealthCheckOptions options) => ProbePlan.Of(options, new Dictionary<string, string>());

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
