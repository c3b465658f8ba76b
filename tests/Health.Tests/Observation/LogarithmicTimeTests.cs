namespace Net2Secure.Routing.Health.Tests.Observation;

public sealed class LogarithmicTimeTests
{
    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1024, 1024)]
    [InlineData(3 << 20, 3 << 20)]
    [InlineData(long.MaxValue, (double)long.MaxValue)]
    public void Ticks_OfOne_IsTheSameWithinHalfAPercent(long ticks, double expected) => Assert.InRange(LogarithmicTime.Ticks(LogarithmicTime.Of(ticks)), expected * 0.995, expected * 1.005);

    [Fact]
    public void Mean_OneSlowAmongManyFast_StaysNearTheFast()
    {
        var fast = TimeSpan.FromMilliseconds(5).Ticks;
        var sum = (100.0 * LogarithmicTime.Of(fast)) + LogarithmicTime.Of(TimeSpan.FromMinutes(1).Ticks);
        Assert.InRange(LogarithmicTime.Ticks(sum / 101), fast, fast * 1.2);
    }

    [Fact]
    public void Of_LongerTime_IsNeverSmaller()
    {
        var before = 0;
        for (long ticks = 1; ticks < 100_000; ticks++)
        {
            var place = LogarithmicTime.Of(ticks);
            Assert.True(place >= before);
            before = place;
        }
    }
}
