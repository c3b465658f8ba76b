using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Policies;

/// <summary>Four destinations, one of which takes half a second more than the others' 5 ms.</summary>
public sealed class SlowDestinationTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(600)]
    public void LeastRequests_OneIsHalfASecondSlower_SendsItLittleAndTheOthersEqualShares(double perSecond) => AssertAvoided(new LeastRequestsPolicy(), perSecond, 0.013, tolerance: 0.02);

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(600)]
    public void PowerOfTwoChoices_OneIsHalfASecondSlower_SendsItLittle(double perSecond) => AssertAvoided(new PowerOfTwoChoicesPolicy(new SeededRandomSource(3)), perSecond, 0.03);

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(600)]
    public void PeakEwma_OneIsHalfASecondSlower_SendsItNearlyNothing(double perSecond)
    {
        var time = new ManualTimeProvider();
        // The others answer more or less quickly by chance, and the latest to have done so has a little more.
        AssertAvoided(new PeakEwmaPolicy(TimeSpan.FromSeconds(10), new SeededRandomSource(3), time), perSecond, 0.002, tolerance: 0.15, time);
    }

    private static void AssertAvoided(ILoadBalancingPolicy policy, double perSecond, double most, double tolerance = 0.05, ManualTimeProvider? time = null)
    {
        var counts = new TrafficSimulation(policy, TestDestinations.Equal(4), time ?? new(), seed: 5).Run(20_000, perSecond, i => i == 2 ? 0.505 : 0.005);
        Assert.True(counts[2] <= most * 20_000, $"{counts[2] / 20_000.0:p} went to the slow one.");
        foreach (var i in (int[])[0, 1, 3]) Assert.InRange(counts[i] / ((20_000 - counts[2]) / 3.0), 1 - tolerance, 1 + tolerance);
    }
}
