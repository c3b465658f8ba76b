namespace Net2Secure.Routing.Balancing.Tests.Limits;

/// <summary>The decision about a limit, against simulated servers.</summary>
public sealed class GradientLimitTests
{
    private static readonly TimeSpan Unhurried = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(200)]
    public void Observe_MoreDemandThanCapacity_SettlesNearTheCapacity(int capacity)
    {
        var limit = new GradientLimit(least: 4, first: 20, most: 1000);
        for (var i = 0; i < 400; i++) limit.Observe(LatencyOf(capacity, limit.Limit), limit.Limit, isOverloaded: false);
        for (var i = 0; i < 3000; i++)
        {
            limit.Observe(LatencyOf(capacity, limit.Limit), limit.Limit, isOverloaded: false);
            Assert.InRange(limit.Limit, capacity * 0.7, (capacity * 1.6) + 6);
        }
    }

    [Fact]
    public void Observe_ServerIsAlwaysInAHurry_IsMeasuredAtHalfTheLimitFromTimeToTime()
    {
        var limit = new GradientLimit(least: 4, first: 100, most: 1000, measureAfter: 3);
        var limits = new List<int>();
        for (var i = 0; i < 3 + GradientLimit.MeasureEvery; i++)
        {
            limit.Observe(Unhurried, limit.Limit, isOverloaded: false);
            limits.Add(limit.Limit);
        }

        Assert.Equal([100, 101, 51, 51], limits.Take(4));
        Assert.All(limits.Skip(4).Take(GradientLimit.MeasureEvery - 1), l => Assert.True(l > 100));
    }

    [Fact]
    public void Observe_RequestsBecomeHeavier_IsNotTakenForOverloadForLong()
    {
        // Twice the latency at any number in flight: after the next measuring the limit is what it was.
        var limit = new GradientLimit(least: 4, first: 20, most: 1000);
        for (var i = 0; i < 300; i++) limit.Observe(LatencyOf(100, limit.Limit), limit.Limit, isOverloaded: false);
        for (var i = 0; i < 200; i++) limit.Observe(2 * LatencyOf(100, limit.Limit), limit.Limit, isOverloaded: false);
        Assert.InRange(limit.Limit, 70, 166);
    }

    [Fact]
    public void Observe_CapacityIsLost_FallsWithinTenObservations()
    {
        var limit = new GradientLimit(least: 4, first: 20, most: 1000);
        for (var i = 0; i < 300; i++) limit.Observe(LatencyOf(200, limit.Limit), limit.Limit, isOverloaded: false);
        var before = limit.Limit;
        for (var i = 0; i < 10; i++) limit.Observe(LatencyOf(40, limit.Limit), limit.Limit, isOverloaded: false);
        Assert.InRange(limit.Limit, 40, before / 2);
    }

    [Fact]
    public void Observe_CapacityIsBack_GrowsAgain()
    {
        var limit = new GradientLimit(least: 4, first: 20, most: 1000);
        foreach (var (capacity, observations) in ((int, int)[])[(200, 300), (20, 60), (200, 120)])
        {
            for (var i = 0; i < observations; i++) limit.Observe(LatencyOf(capacity, limit.Limit), limit.Limit, isOverloaded: false);
        }

        Assert.InRange(limit.Limit, 100, 325);
    }

    [Fact]
    public void Observe_LessThanHalfUsed_StaysWhereItIs()
    {
        var limit = new GradientLimit(least: 4, first: 20, most: 1000);
        for (var i = 0; i < 100; i++) limit.Observe(Unhurried, inFlight: 9, isOverloaded: false);
        Assert.Equal(20, limit.Limit);
    }

    [Fact]
    public void Observe_AnswersThatSayOverloaded_TakeATenthOffHoweverQuickTheyAre()
    {
        var limit = new GradientLimit(least: 4, first: 100, most: 1000);
        limit.Observe(TimeSpan.FromTicks(1), inFlight: 100, isOverloaded: true);
        Assert.Equal(90, limit.Limit);
        for (var i = 0; i < 100; i++) limit.Observe(TimeSpan.Zero, inFlight: 1, isOverloaded: true);
        Assert.Equal(4, limit.Limit);
    }

    [Fact]
    public void Observe_AnythingAtAll_StaysWithinBounds()
    {
        var random = new Random(7);
        for (var run = 0; run < 50; run++)
        {
            var limit = new GradientLimit(least: 3, first: 5, most: 50);
            for (var i = 0; i < 200; i++)
            {
                limit.Observe(TimeSpan.FromMilliseconds(random.NextDouble() * Math.Pow(10, random.Next(-3, 6))), random.Next(100), random.Next(5) == 0);
                Assert.InRange(limit.Limit, 3, 50);
            }
        }
    }

    [Fact]
    public void Observe_SameObservations_GiveTheSameLimits()
    {
        var (one, other) = (new GradientLimit(4, 20, 1000), new GradientLimit(4, 20, 1000));
        for (var i = 0; i < 100; i++)
        {
            one.Observe(LatencyOf(30, i), i, isOverloaded: i % 9 == 0);
            other.Observe(LatencyOf(30, i), i, isOverloaded: i % 9 == 0);
            Assert.Equal(one.Limit, other.Limit);
        }
    }

    /// <summary>A server that works on so many at a time; the others wait inside.</summary>
    private static TimeSpan LatencyOf(int capacity, int inFlight) => Unhurried * Math.Max(1, (double)inFlight / capacity);
}
