namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class RoundRobinPolicyTests : LoadBalancingPolicyContract
{
    protected override double ShareTolerance => 0.001;

    protected override ILoadBalancingPolicy Create() => new RoundRobinPolicy();

    [Fact]
    public void Pick_EqualWeights_TakesEachInItsTurn() =>
        Assert.Equal("abcabcabc", new RoundRobinPolicy().Picks(TestDestinations.Weighted(7, 7, 7), 9));

    /// <summary>The sequences follow from the rule by hand: gain the weight, take the greatest, pay the total; the first of equals wins.</summary>
    [Theory]
    [InlineData(new double[] { 5, 1, 1 }, "aabacaa")]
    [InlineData(new double[] { 1, 2 }, "bab")]
    [InlineData(new double[] { 4, 2, 2 }, "abca")]
    [InlineData(new double[] { 3, 2, 1 }, "abacba")]
    [InlineData(new double[] { 10, 30 }, "babb")]
    public void Pick_UnequalWeights_FollowsTheSmoothSequence(double[] weights, string period)
    {
        var set = TestDestinations.Weighted(weights);
        Assert.Equal(period + period, new RoundRobinPolicy().Picks(set, period.Length * 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pick_AnyWholeWeights_GivesEachExactlyItsWeightPerPeriodAndNeverStraysFar(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var weights = Enumerable.Range(0, random.Next(2, 12)).Select(_ => (double)random.Next(1, 40)).ToArray();
            var set = TestDestinations.Weighted(weights);
            var (policy, total) = (new RoundRobinPolicy(), (int)weights.Sum());
            var context = TestDestinations.ContextFor(policy, set);
            var counts = new int[weights.Length];
            for (var pick = 1; pick <= total; pick++)
            {
                counts[set.Destinations.IndexOf(policy.Pick(context)!)]++;
                for (var i = 0; i < counts.Length; i++)
                {
                    var due = pick * weights[i] / total;
                    Assert.True(Math.Abs(counts[i] - due) < 2, $"After {pick} of {total} picks {counts[i]} instead of {due:0.0} for weight {weights[i]}");
                }
            }

            Assert.Equal(weights, counts.Select(c => (double)c));
        }
    }

    [Theory]
    [InlineData(new double[] { 65535, 1 })]
    [InlineData(new double[] { 40000, 30000, 1 })]
    [InlineData(new double[] { 65535, 65534, 3 })]
    public void Pick_PeriodTooLongToWriteOut_IsExactAllTheSame(double[] weights)
    {
        var set = TestDestinations.Weighted(weights);
        Assert.Null(SmoothWeightedSequence.TryBuild(set));
        Assert.Equal(weights, new RoundRobinPolicy().Counts(set, (int)weights.Sum()).Select(c => (double)c));
    }

    [Fact]
    public void Pick_ThousandUnequalDestinations_IsExact()
    {
        double[] weights = [.. Enumerable.Range(0, 1000).Select(i => i % 3 == 0 ? 5.0 : 2.0)];
        Assert.Equal(weights, new RoundRobinPolicy().Counts(TestDestinations.Weighted(weights), (int)weights.Sum()).Select(c => (double)c));
    }

    [Fact]
    public void Pick_FractionalWeights_SharesToOnePartIn65535()
    {
        var counts = new RoundRobinPolicy().Counts(TestDestinations.Weighted(0.1, 1, 0.25), 1_350_000);
        Assert.Equal(100_000, counts[0], 30.0);
        Assert.Equal(1_000_000, counts[1], 30.0);
        Assert.Equal(250_000, counts[2], 30.0);
    }

    /// <summary>Such weights come about while destinations are on their way back to full traffic.</summary>
    [Theory]
    [InlineData(new[] { 0.37, 1, 1, 0.62 })]
    [InlineData(new[] { 0.1, 1, 1, 1 })]
    [InlineData(new[] { 3.0, 2, 0.5 })]
    [InlineData(new[] { 1000, 999.9, 998.7 })]
    public void Pick_TwoThousandRequestsOfFractionalWeights_SharesToFivePercent(double[] weights)
    {
        var counts = new RoundRobinPolicy().Counts(TestDestinations.Weighted(weights), 2000);
        for (var i = 0; i < counts.Length; i++) Assert.InRange(counts[i] / (2000 * weights[i] / weights.Sum()), 0.95, 1.05);
    }

    [Fact]
    public void Pick_StrideSchedule_SpreadsEachEvenly()
    {
        // 40,000 : 20,000 : 5,000 reduce to 8:4:1, so an odd one keeps the period long.
        var set = TestDestinations.Weighted(40000, 20000, 5001);
        var picks = new RoundRobinPolicy().Picks(set, 6500);
        for (var start = 0; start < 6500; start += 65)
        {
            var window = picks.Substring(start, 65);
            Assert.InRange(window.Count(c => c == 'a'), 38, 42);
            Assert.InRange(window.Count(c => c == 'b'), 18, 22);
            Assert.InRange(window.Count(c => c == 'c'), 4, 6);
        }
    }

    [Fact]
    public void Pick_SetChanges_GoesOnCounting()
    {
        var policy = new RoundRobinPolicy();
        Assert.Equal("a", policy.Picks(TestDestinations.Equal(3), 1));
        Assert.Equal("bc", policy.Picks(TestDestinations.Equal(3), 2));
    }

    [Fact]
    public async Task Pick_ManyThreads_LosesNoTurn()
    {
        var (policy, set) = (new RoundRobinPolicy(), TestDestinations.Weighted(3, 1));
        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => policy.Counts(set, 20_000)))).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([60_000, 20_000], [counts.Sum(c => c[0]), counts.Sum(c => c[1])]);
    }
}
