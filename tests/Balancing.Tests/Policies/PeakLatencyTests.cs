using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class PeakLatencyTests
{
    private static readonly TimeSpan Decay = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly PeakLatency _latency = new();

    [Fact]
    public void IsKnown_FromTheFirstMeasurement()
    {
        Assert.False(_latency.IsKnown);
        Measure(0.1);
        Assert.True(_latency.IsKnown);
        Assert.Equal(0.1, Read(), 1e-9);
    }

    [Fact]
    public void Measure_Peak_IsTakenAtOnce()
    {
        Measure(0.1);
        Measure(2);
        Assert.Equal(2, Read(), 1e-9);
    }

    [Fact]
    public void Measure_Lower_CountsByTheTimeThatHasPassed()
    {
        Measure(1);
        Measure(0.1);
        Assert.Equal(1, Read(), 1e-9); // no time has passed
        _time.Advance(TimeSpan.FromSeconds(5));
        Measure(0.1);
        var kept = Math.Exp(-0.5);
        Assert.Equal(kept + (0.1 * (1 - kept)), Read(), 1e-9);
    }

    [Fact]
    public void Read_NothingMeasured_FadesByTheSameRule()
    {
        Measure(1);
        _time.Advance(Decay);
        Assert.Equal(Math.Exp(-1), Read(), 1e-9);
        _time.Advance(10 * Decay);
        Assert.InRange(Read(), 0, 2e-5);
        Assert.True(_latency.IsKnown);
    }

    [Fact]
    public void Measure_Minimum_OnlyRaises()
    {
        Measure(0.5);
        _time.Advance(Decay);
        _latency.Measure(0.2, Decay, _time, isMinimum: true);
        Assert.Equal(0.5 * Math.Exp(-1), Read(), 1e-9);
        _latency.Measure(0.8, Decay, _time, isMinimum: true);
        Assert.Equal(0.8, Read(), 1e-9);
    }

    [Fact]
    public async Task Measure_ManyThreads_EndsAtThePeak()
    {
        await Task.WhenAll(Enumerable.Range(1, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) _latency.Measure(t * 0.1, Decay, _time);
        }))).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0.4, Read(), 1e-9);
    }

    private void Measure(double seconds) => _latency.Measure(seconds, Decay, _time);

    private double Read() => _latency.Read(_time.GetTimestamp(), Decay, _time);
}
