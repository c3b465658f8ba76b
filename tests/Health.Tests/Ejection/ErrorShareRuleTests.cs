namespace Net2Secure.Routing.Health.Tests.Ejection;

public sealed class ErrorShareRuleTests
{
    private readonly ErrorShareRule _rule = new(20);

    [Theory]
    // own errors, of requests; others' errors, of requests
    [InlineData(30, 100, 0, 300, true)] // 30 % against nothing
    [InlineData(10, 33, 0, 100, true)] // the same, early
    [InlineData(20, 20, 0, 60, true)] // only errors
    [InlineData(19, 19, 0, 60, false)] // too few to judge
    [InlineData(20, 20, 0, 19, false)] // too few to compare with
    [InlineData(2, 100, 2, 300, false)] // 2 % everywhere
    [InlineData(9, 100, 0, 300, false)] // less than ten points
    [InlineData(5, 20, 1, 60, false)] // may be chance
    [InlineData(30, 100, 90, 300, false)] // 30 % everywhere: nobody stands out
    [InlineData(100, 100, 300, 300, false)] // all down
    [InlineData(100, 100, 150, 300, true)] // down among the ailing
    [InlineData(0, 100, 300, 300, false)] // the only one that is well
    public void Judge_ClearlyOverTheOthers_IsAnOutlier(int errors, int requests, int othersErrors, int othersRequests, bool isOutlier) =>
        Assert.Equal(isOutlier, _rule.Accuses(RuleTable.Errors(errors, requests), RuleTable.Errors(othersErrors, othersRequests)));

    [Fact]
    public void Judge_FailuresCountLikeErrors() =>
        Assert.True(_rule.Accuses(new() { Requests = 100, Failures = 15, ServerErrors = 15 }, new() { Requests = 300 }));

    [Fact]
    public void Judge_SteadyTwoPercent_IsNeverAnOutlier()
    {
        var random = new Random(7);
        for (var look = 0; look < 20_000; look++)
        {
            var traffic = new TrafficSummary[4];
            for (var i = 0; i < traffic.Length; i++) traffic[i] = RuleTable.Errors(Errors(random, 100), 100);
            Assert.False(_rule.Accuses(traffic));
        }

        static int Errors(Random random, int requests)
        {
            var errors = 0;
            for (var i = 0; i < requests; i++)
            {
                if (random.NextDouble() < 0.02) errors++;
            }

            return errors;
        }
    }
}
