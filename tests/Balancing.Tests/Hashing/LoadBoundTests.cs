namespace Net2Secure.Routing.Balancing.Tests.Hashing;

public sealed class LoadBoundTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(32)]
    public void PerWeight_SmallSet_CountsEveryTime(int count)
    {
        var set = TestDestinations.Equal(count);
        var bound = new LoadBound(set, 125);
        Assert.Equal(1.25 / count, bound.PerWeight(), 1e-9);
        set[1].Busy(9);
        Assert.Equal(1.25 * 10 / count, bound.PerWeight(), 1e-9);
    }

    [Fact]
    public void PerWeight_LargeSet_IsBehindByAThirtySecondOfARequestPerDestinationAtMost()
    {
        var set = TestDestinations.Equal(1000);
        var bound = new LoadBound(set, 200);
        for (var inFlight = 0; inFlight < 1000; inFlight++)
        {
            Assert.InRange(bound.PerWeight(), 2 * (inFlight + 1 - 32) / 1000, 2 * (inFlight + 1) / 1000.0);
            set[inFlight % 7].BeginAttempt();
        }
    }

    [Fact]
    public void PerWeight_UnequalWeights_IsALoadPerWeight()
    {
        var set = TestDestinations.Weighted(1, 3);
        set[0].Busy(7);
        Assert.Equal(1.5 * 8 / 4, new LoadBound(set, 150).PerWeight(), 1e-9);
    }
}
