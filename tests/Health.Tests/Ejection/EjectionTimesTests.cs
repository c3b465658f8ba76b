namespace Net2Secure.Routing.Health.Tests.Ejection;

public sealed class EjectionTimesTests
{
    [Theory]
    [InlineData(1, true, 1)]
    [InlineData(2, true, 2)]
    [InlineData(7, true, 7)]
    [InlineData(1_000_000, true, 300)]
    [InlineData(1, false, 10)]
    [InlineData(3, false, 30)]
    [InlineData(31, false, 300)]
    public void Of_NothingSet_GrowsWithEachEjectionUpToACap(int count, bool isUnreachable, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), EjectionTimes.Of(count, isUnreachable, null, 0));

    [Fact]
    public void Of_Chance_AddsATenthAtMost() => Assert.Equal(TimeSpan.FromSeconds(10.5), EjectionTimes.Of(1, false, null, 0.5));

    [Theory]
    [InlineData(1, true)]
    [InlineData(9, false)]
    public void Of_PeriodSet_IsThePeriod(int count, bool isUnreachable) =>
        Assert.Equal(TimeSpan.FromSeconds(3), EjectionTimes.Of(count, isUnreachable, TimeSpan.FromSeconds(3), 0.9));

    [Theory]
    [InlineData(3, 0, 3)]
    [InlineData(3, 59, 3)]
    [InlineData(3, 60, 2)]
    [InlineData(3, 179, 1)]
    [InlineData(3, 1e9, 0)]
    public void CountAfter_TimeInService_ForgetsOneAMinute(int count, double seconds, int expected) =>
        Assert.Equal(expected, EjectionTimes.CountAfter(count, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, 50, 0)]
    [InlineData(1, 100, 0)]
    [InlineData(2, 50, 1)]
    [InlineData(3, 50, 1)]
    [InlineData(4, 50, 2)]
    [InlineData(4, 10, 1)]
    [InlineData(4, 0, 0)]
    [InlineData(4, 100, 3)]
    [InlineData(100_000, 100, 99_999)]
    public void Limit_IsAShareButOneAtLeastAndNeverAll(int inService, int percent, int expected) => Assert.Equal(expected, EjectionLimit.Of(inService, percent));
}
