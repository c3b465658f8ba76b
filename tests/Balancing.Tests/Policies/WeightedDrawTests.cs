using Moq;

namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class WeightedDrawTests
{
    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.0999, 0)]
    [InlineData(0.1, 1)]
    [InlineData(0.2999, 1)]
    [InlineData(0.3, 2)]
    [InlineData(0.9999999, 2)]
    public void Draw_PointOnTheLine_FindsTheOwnerOfTheStretch(double point, int expected) =>
        Assert.Equal(expected, new WeightedDraw(TestDestinations.Weighted(1, 2, 7)).Draw(Scripted(point)));

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.124, 0)]
    [InlineData(0.126, 2)]
    [InlineData(0.9999999, 2)]
    public void DrawAnother_OtherOneInTheMiddle_LeavesItOut(double point, int expected) =>
        Assert.Equal(expected, new WeightedDraw(TestDestinations.Weighted(1, 2, 7)).DrawAnother(Scripted(point), 1));

    [Fact]
    public void DrawAnother_OtherOneHeavy_SharesTheRestByWeight()
    {
        var draw = new WeightedDraw(TestDestinations.Weighted(1, 65535, 3));
        var random = new SeededRandomSource(3);
        var counts = new int[3];
        for (var i = 0; i < 40_000; i++) counts[draw.DrawAnother(random, 1)]++;
        Assert.Equal(0, counts[1]);
        ChiSquare.AssertFits([counts[0], counts[2]], 1, 3);
    }

    [Fact]
    public void DrawAnother_EqualWeights_IsEvenOverTheOthers()
    {
        var draw = new WeightedDraw(TestDestinations.Equal(4));
        var random = new SeededRandomSource(5);
        for (var other = 0; other < 4; other++)
        {
            var counts = new int[4];
            for (var i = 0; i < 30_000; i++) counts[draw.DrawAnother(random, other)]++;
            Assert.Equal(0, counts[other]);
            ChiSquare.AssertFits([.. counts.Where((_, i) => i != other)], 1, 1, 1);
        }
    }

    [Fact]
    public void DrawAnother_WeightsThatDoNotAddUpExactly_NeverReturnsTheOther()
    {
        var draw = new WeightedDraw(TestDestinations.Weighted(1e-9, 1e9, 0.1, 1e-7, 0.3));
        var random = new SeededRandomSource(9);
        for (var other = 0; other < 5; other++)
        {
            for (var i = 0; i < 5_000; i++) Assert.NotEqual(other, draw.DrawAnother(random, other));
        }
    }

    private static RandomSource Scripted(double point)
    {
        var random = new Mock<RandomSource>(MockBehavior.Strict);
        random.Setup(r => r.NextDouble()).Returns(point);
        return random.Object;
    }
}
