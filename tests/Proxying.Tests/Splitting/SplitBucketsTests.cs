using FsCheck;
using FsCheck.Fluent;

namespace Net2Secure.Routing.Proxying.Tests.Splitting;

public sealed class SplitBucketsTests
{
    [Theory]
    [InlineData(new[] { 95, 5 }, new[] { 9500, 10_000 })]
    [InlineData(new[] { 1, 1, 1 }, new[] { 3333, 6667, 10_000 })]
    [InlineData(new[] { 0, 7, 0 }, new[] { 0, 10_000, 10_000 })]
    [InlineData(new[] { 65_535, 65_535 }, new[] { 5000, 10_000 })]
    public void Borders_FollowTheWeights(int[] weights, int[] borders) => Assert.Equal(borders, SplitBuckets.Borders(weights));

    [Theory]
    [InlineData(5, 10)]
    [InlineData(10, 50)]
    [InlineData(50, 100)]
    [InlineData(10, 5)]
    public void Borders_WeightOfACanaryChanges_MovesOnlyThoseWhoHaveTo(int before, int after)
    {
        var (old, changed) = (Sides([100 - before, before]), Sides([100 - after, after]));
        var moved = old.Zip(changed).Count(p => p.First != p.Second);
        Assert.Equal(Math.Abs(after - before) * 100, moved);

        // Nobody leaves the side that grows.
        var growing = after > before ? 1 : 0;
        Assert.All(old.Zip(changed), p => Assert.True(p.First != growing || p.Second == growing));
    }

    [Fact]
    public void Borders_AnyWeights_CoverAllBucketsInOrderAndStrayByLessThanOne() => Prop.ForAll(
        Gen.Choose(0, 65_535).ListOf().Select(weights => (int[])[1, .. weights.Take(15)]).ToArbitrary(),
        weights =>
        {
            var borders = SplitBuckets.Borders(weights);
            var (sum, total) = (0.0, weights.Sum(w => (double)w));
            return borders[^1] == SplitBuckets.Count
                && borders.Zip(borders.Skip(1)).All(p => p.First <= p.Second)
                && weights.Select((w, i) => Math.Abs(borders[i] - ((sum += w) * SplitBuckets.Count / total)) < 1).All(close => close);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20261124, 1));

    [Theory]
    [InlineData("customer-{0}")]
    [InlineData("{0}")]
    [InlineData("user{0}@shop.example")]
    public void Of_KeysThatAreAlike_AreSpreadEvenly(string pattern)
    {
        var counts = new int[10];
        for (var i = 0; i < 100_000; i++) counts[SplitBuckets.Of(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, i)) / 1000]++;
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    /// <summary>A bucket is remembered by clients and computed by every proxy of a fleet: it may never change. The values were computed by a second implementation of the same rule.</summary>
    [Theory]
    [InlineData("", 4342)]
    [InlineData("a", 8315)]
    [InlineData("customer-17", 6441)]
    public void Of_AKey_IsAlwaysTheSameBucket(string key, int bucket) => Assert.Equal(bucket, SplitBuckets.Of(key));

    private static int[] Sides(int[] weights)
    {
        var borders = SplitBuckets.Borders(weights);
        return [.. Enumerable.Range(0, SplitBuckets.Count).Select(bucket => Array.FindIndex(borders, b => bucket < b))];
    }
}
