namespace Net2Secure.Routing.Health.Tests.Ejection;

/// <summary>The rules as tables: traffic in, verdict out.</summary>
public sealed class OutlierRuleTests
{
    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(500, true)]
    public void ConsecutiveFailures_FromTheNumberOn(int inARow, bool isOutlier) =>
        Assert.Equal(isOutlier, new ConsecutiveFailuresRule(5).Accuses(new() { ConsecutiveFailures = inARow }, new() { Requests = 10 }));

    [Theory]
    [InlineData(4, 0, 100, false)]
    [InlineData(5, 0, 100, true)]
    [InlineData(5, 49, 100, true)]
    [InlineData(5, 50, 100, false)] // the others do the same: it lies behind them
    [InlineData(5, 0, 0, true)] // a spare nobody has asked yet
    public void ConsecutiveGatewayErrors_UnlessTheOthersDoTheSame(int inARow, int othersErrors, int othersRequests, bool isOutlier) =>
        Assert.Equal(isOutlier, new ConsecutiveGatewayErrorsRule(5).Accuses(
            new() { Requests = inARow, ServerErrors = inARow, GatewayErrors = inARow, ConsecutiveGatewayErrors = inARow },
            new() { Requests = othersRequests, ServerErrors = othersErrors, GatewayErrors = othersErrors }));

    [Theory]
    // unanswered, silence in ms, the others' typical time in ms, silence of the other in ms
    [InlineData(10, 500, 5, 0, true)]
    [InlineData(10, 499, 5, 0, false)] // not yet
    [InlineData(100, 499, 5, 0, false)]
    [InlineData(5, 500, 5, 0, false)] // half as many, so twice as long
    [InlineData(5, 1_000, 5, 0, true)]
    [InlineData(3, 1_667, 5, 0, true)]
    [InlineData(2, 60_000, 5, 0, false)] // two long requests are no sign
    [InlineData(10, 900, 100, 0, false)] // answers take long here
    [InlineData(10, 1_000, 100, 0, true)]
    [InlineData(50, 5_000, 5, 4_900, false)] // the others are silent as well
    [InlineData(50, 5_000, 0, 0, false)] // nobody has answered yet
    public void Silence_WhileTheOthersAnswer(int unanswered, int silence, int typical, int othersSilence, bool isOutlier) =>
        Assert.Equal(isOutlier, new SilenceRule(TimeSpan.FromMilliseconds(500)).Accuses(
            new() { Waiting = unanswered, Unanswered = unanswered, Silence = TimeSpan.FromMilliseconds(silence) },
            new() { Requests = 100, TypicalTime = TimeSpan.FromMilliseconds(typical), Silence = TimeSpan.FromMilliseconds(othersSilence) }));

    [Fact]
    public void Silence_LongRequestsThatBeganBeforeTheLastAnswer_AreNoSign() =>
        Assert.False(new SilenceRule(TimeSpan.FromMilliseconds(500)).Accuses(
            new() { Waiting = 1_000, Unanswered = 0, Silence = TimeSpan.Zero }, new() { Requests = 100, TypicalTime = TimeSpan.FromMilliseconds(5) }));

    [Theory]
    [InlineData(500, 10, 10, 10, true)]
    [InlineData(99, 10, 10, 10, false)] // not ten times
    [InlineData(500, 40, 60, 500, false)] // the median is 60, but only 8 times
    [InlineData(700, 40, 60, 500, true)]
    [InlineData(40, 2, 2, 2, false)] // nobody minds
    [InlineData(500, 500, 500, 500, false)]
    public void Latency_AgainstTheMedianOfTheOthers(int own, int b, int c, int d, bool isOutlier) =>
        Assert.Equal(isOutlier, new LatencyRule(10, 20).Accuses(Taking(own), Taking(b), Taking(c), Taking(d)));

    [Fact]
    public void Latency_TooFewRequests_IsNotJudged() =>
        Assert.False(new LatencyRule(10, 20).Accuses(new() { Requests = 19, TypicalTime = TimeSpan.FromSeconds(5) }, Taking(1), Taking(1)));

    [Theory]
    [InlineData(0.90, 1, 1, 1, 1, true)]
    [InlineData(0.97, 0.99, 0.97, 0.99, 0.98, false)]
    [InlineData(0.5, 0.5, 0.5, 0.5, 0.5, false)]
    public void SuccessRate_FurtherBelowTheMeanThanTheDeviationAllows(double own, double b, double c, double d, double e, bool isOutlier) =>
        Assert.Equal(isOutlier, new SuccessRateRule(1900).Accuses(Succeeding(own), Succeeding(b), Succeeding(c), Succeeding(d), Succeeding(e)));

    [Fact]
    public void SuccessRate_FewDestinationsOrRequests_IsNotJudged()
    {
        var rule = new SuccessRateRule(1000);
        Assert.False(rule.Accuses(Succeeding(0.1), Succeeding(1), Succeeding(1), Succeeding(1)));
        Assert.False(rule.Accuses(new() { Requests = 99, ServerErrors = 90 }, Succeeding(1), Succeeding(1), Succeeding(1), Succeeding(1), Succeeding(1)));
    }

    [Theory]
    [InlineData(new[] { 1.0, 2, 3 }, 0, 2.5)]
    [InlineData(new[] { 3.0, 1, 2 }, 1, 2.5)]
    [InlineData(new[] { 3.0, 1, 2, 4 }, 3, 2)]
    [InlineData(new[] { 5.0, 5 }, 0, 5)]
    public void MedianTimeOfOthers_LeavesTheOneOut(double[] seconds, int index, double expected)
    {
        var traffic = RuleTable.Of([.. seconds.Select(s => new TrafficSummary { Requests = 1, TypicalTime = TimeSpan.FromSeconds(s) })]);
        Assert.Equal(TimeSpan.FromSeconds(expected), traffic.MedianTimeOfOthers(index));
    }

    [Fact]
    public void MedianTimeOfOthers_NobodyElseAnswered_IsNone() =>
        Assert.Null(RuleTable.Of(Taking(5), new() { Requests = 10, Failures = 10 }).MedianTimeOfOthers(0));

    private static TrafficSummary Taking(int milliseconds) => new() { Requests = 100, TypicalTime = TimeSpan.FromMilliseconds(milliseconds) };

    private static TrafficSummary Succeeding(double share) => RuleTable.Errors((int)Math.Round((1 - share) * 1_000), 1_000);
}
