using FsCheck;
using FsCheck.Fluent;
using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.2.3, §5.1.</summary>
public sealed class AgeRuleTests
{
    [Theory]
    [InlineData(null, null, 0, 0)]
    [InlineData(0, null, 0, 0)]
    [InlineData(-30, null, 0, 30)] // the clocks say that it is old
    [InlineData(30, null, 0, 0)] // the origin's clock is fast
    [InlineData(null, "20", 0, 20)]
    [InlineData(-30, "20", 0, 30)]
    [InlineData(-10, "20", 0, 20)]
    [InlineData(-10, "20", 5, 25)]
    [InlineData(null, null, 5, 5)]
    [InlineData(null, "2147483648", 0, int.MaxValue)]
    [InlineData(null, "x", 0, 0)]
    [InlineData(null, "20, 50", 0, 20)]
    public void Initial_OfClocksAndCaches_IsTheLarger(int? date, string? age, int delay, int expected)
    {
        var lines = new List<string>();
        if (date is { } at) lines.Add($"Date: {DateAt(at)}");
        if (age is not null) lines.Add($"Age: {age}");
        Assert.Equal(TimeSpan.FromSeconds(expected), AgeRule.Initial(View([.. lines]), Noon.AddSeconds(-delay), Noon));
    }

    [Fact]
    public void Initial_FractionOfOurClock_MakesNothingOlder() => Assert.Equal(
        TimeSpan.Zero, AgeRule.Initial(View($"Date: {DateAt(0)}"), Noon.AddMilliseconds(900), Noon.AddMilliseconds(900)));

    [Fact]
    public void Initial_ClockSetBackDuringTheRequest_IsNotNegative() => Assert.Equal(TimeSpan.Zero, AgeRule.Initial(View(), Noon.AddSeconds(10), Noon));

    [Theory]
    [InlineData("Cache-Control: max-age=60", "Age: 60")]
    [InlineData("Cache-Control: max-age=60", "Age: 2147483648")]
    [InlineData("Cache-Control: max-age=60", "Date: Tue, 24 Nov 2026 11:59:00 GMT")]
    [InlineData("Expires: Tue, 24 Nov 2026 12:01:00 GMT", "Age: 60")]
    [InlineData("Date: Tue, 24 Nov 2099 12:00:00 GMT", "Expires: Tue, 24 Nov 2099 12:01:00 GMT", "Age: 60")]
    public void IsFresh_OldOnArrival_IsStale(params string[] lines) => Assert.False(Policy(200, lines).IsFreshAt(Noon));

    [Fact]
    public void IsFresh_LifetimeReached_IsStaleFromThatMomentOn()
    {
        var policy = Policy(200, "Cache-Control: max-age=60");
        Assert.True(policy.IsFreshAt(Noon.AddSeconds(59.999)));
        Assert.False(policy.IsFreshAt(Noon.AddSeconds(60)));
        Assert.Equal(TimeSpan.FromSeconds(-10), policy.FreshnessLeftAt(Noon.AddSeconds(70)));
    }

    [Theory]
    [InlineData(0.999, 0)]
    [InlineData(59.999, 59)]
    [InlineData(1e12, int.MaxValue)]
    public void ToField_AnyAge_IsWholeSecondsWithinTheBound(double seconds, int expected) =>
        Assert.Equal(expected, AgeRule.ToField(TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2))));

    [Fact]
    public void Age_AnyResponse_NeverShrinksAndNeverIsBelowWhatWasReceived() => Check(
        from received in Gen.Choose(0, int.MaxValue)
        from date in Gen.Choose(-100_000, 100_000)
        from delay in Gen.Choose(0, 100_000)
        from one in Gen.Choose(-1000, 1_000_000)
        from further in Gen.Choose(0, 1_000_000)
        select (received, date, delay, one, further),
        s =>
        {
            var initial = AgeRule.Initial(View($"Age: {s.received}", $"Date: {DateAt(s.date)}"), Noon.AddMilliseconds(-s.delay), Noon);
            var (early, late) = (AgeRule.At(Noon.AddSeconds(s.one), initial, Noon), AgeRule.At(Noon.AddSeconds(s.one + s.further), initial, Noon));
            return initial >= TimeSpan.FromSeconds(s.received) && initial >= TimeSpan.FromSeconds(-s.date) && early >= initial && late >= early;
        });

    [Fact]
    public void Freshness_AnyResponse_IsLifetimeLessAge() => Check(
        from maxAge in Gen.Choose(0, int.MaxValue)
        from age in Gen.Choose(0, int.MaxValue)
        from later in Gen.Choose(0, int.MaxValue)
        select (maxAge, age, later),
        s =>
        {
            var policy = Policy(200, $"Cache-Control: max-age={s.maxAge}", $"Age: {s.age}");
            return policy.IsFreshAt(Noon.AddSeconds(s.later)) == ((long)s.maxAge > (long)s.age + s.later);
        });

    private static void Check<T>(Gen<T> samples, Func<T, bool> holds) =>
        Prop.ForAll(samples.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(20261124, 1));
}
