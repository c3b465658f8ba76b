using Net2Secure.Routing.Proxying.Dashboard;

namespace Net2Secure.Routing.Proxying.Tests.Dashboard;

/// <summary>Rates out of counts that only grow.</summary>
public sealed class RateWindowTests
{
    private readonly RateWindow _window = new();

    [Fact]
    public void Rate_OfOneLook_IsNothing()
    {
        _window.Add(5, 100, 10);
        Assert.Equal((0, 0), _window.Rate());
        Assert.Equal(0, _window.Count);
    }

    [Fact]
    public void Rate_IsOfTheLastTenSeconds()
    {
        for (var second = 0; second <= 100; second++) _window.Add(second, second <= 50 ? second * 1000 : 50_000 + ((second - 50) * 20), second <= 50 ? 0 : (second - 50) * 5);
        var (perSecond, errorShare) = _window.Rate();
        Assert.Equal((20, 0.25), (perSecond, errorShare));
        Assert.Equal((20, 5), _window.Latest());
        Assert.Equal(200, _window.Count);
    }

    [Fact]
    public void Rate_OfUnevenLooks_GoesByTime()
    {
        _window.Add(0, 0, 0);
        _window.Add(0.5, 10, 0);
        _window.Add(4, 40, 4);
        Assert.Equal((10, 0.1), _window.Rate());
    }

    [Fact]
    public void Counts_ThatBeginAgain_AreNotNegative()
    {
        _window.Add(0, 100, 50);
        _window.Add(1, 3, 0);
        Assert.Equal((0, 0), _window.Rate());
        _window.Add(2, 8, 0);
        Assert.Equal((5, 0), _window.Rate());
    }
}
