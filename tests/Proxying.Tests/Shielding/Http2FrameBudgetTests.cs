using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

public sealed class Http2FrameBudgetTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Http2FrameBudget _budget;

    public Http2FrameBudgetTests() => _budget = new Http2FrameBudget(_time);

    [Fact]
    public void TryPay_Resets_AreWorthAsManyAsThereAreAtOnce()
    {
        Assert.Equal(Http2FrameBudget.MostResets, PaidOf(1000, type: 3, length: 4));
    }

    [Fact]
    public void TryPay_Resets_ComeBackWithTime()
    {
        PaidOf(Http2FrameBudget.MostResets, type: 3, length: 4);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(2 * Http2FrameBudget.ResetsPerSecond, PaidOf(1000, type: 3, length: 4));
    }

    [Fact]
    public void TryPay_TimeWithoutFrames_SavesNoMoreThanTheMost()
    {
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(Http2FrameBudget.MostResets, PaidOf(1000, type: 3, length: 4));
    }

    [Theory]
    [InlineData(0, 0, 16_384, "DATA")]
    [InlineData(0, 1, 0, "DATA that ends a stream")]
    [InlineData(1, 4, 100, "HEADERS")]
    [InlineData(8, 0, 4, "WINDOW_UPDATE")]
    public void TryPay_FramesOfARequest_AreFree(byte type, byte flags, int length, string what)
    {
        Assert.True(PaidOf(100_000, type, length, flags) == 100_000, what);
    }

    [Theory]
    [InlineData(6, 8, 5000)]
    [InlineData(4, 6, 200)]
    [InlineData(2, 5, 2000)]
    [InlineData(0xbb, 0, 2000)]
    [InlineData(0, 0, 1000)]
    public void TryPay_FramesForTheirOwnSake_AreBounded(byte type, int length, int most)
    {
        Assert.Equal(most, PaidOf(100_000, type, length));
    }

    [Fact]
    public void TryPay_Continuations_AreCountedByHeaderBlock()
    {
        for (var block = 0; block < 10; block++)
        {
            Assert.True(_budget.TryPay(1, 0, 100));
            Assert.Equal(Http2FrameBudget.MostContinuations / 2, PaidOf(Http2FrameBudget.MostContinuations / 2, type: 9, length: 100));
        }

        _budget.TryPay(1, 0, 100);
        Assert.Equal(Http2FrameBudget.MostContinuations, PaidOf(1000, type: 9, length: 100));
    }

    private int PaidOf(int tries, byte type, int length, byte flags = 0)
    {
        for (var i = 0; i < tries; i++)
        {
            if (!_budget.TryPay(type, flags, length)) return i;
        }

        return tries;
    }
}
