namespace Net2Secure.Routing.Health.Tests.Observation;

public sealed class TrafficWindowTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Read_WithinTheWindow_CountsEverything()
    {
        var window = Create();
        window.Add(0, TrafficResult.Success, 100);
        window.Add(4 * Second, TrafficResult.Failure, 0);
        window.Add(9 * Second, TrafficResult.GatewayError, 100);
        window.Add(9 * Second, TrafficResult.ServerError, 100);
        var counts = window.Read(9 * Second);
        Assert.Equal((4, 1, 2, 1), (counts.Requests, counts.Failures, counts.ServerErrors, counts.GatewayErrors));
        Assert.Equal(3 * LogarithmicTime.Of(100), counts.LogTime);
    }

    [Fact]
    public void Read_LaterThanTheWindow_ForgetsSlotBySlot()
    {
        var window = Create();
        window.Add(0, TrafficResult.Success, 1);
        window.Add(5 * Second, TrafficResult.Success, 1);
        Assert.Equal(2, window.Read((10 * Second) - 1).Requests);
        Assert.Equal(1, window.Read(10 * Second).Requests);
        Assert.Equal(0, window.Read(15 * Second).Requests);
        Assert.Equal(0, window.Read(1_000_000 * Second).Requests);
    }

    [Fact]
    public void Add_SlotOfAnEarlierRound_BeginsItAnew()
    {
        var window = Create();
        window.Add(0, TrafficResult.Failure, 0);
        window.Add(10 * Second, TrafficResult.Success, 1);
        var counts = window.Read(10 * Second);
        Assert.Equal((1, 0), (counts.Requests, counts.Failures));
    }

    [Fact]
    public void Read_EnoughInTheLatest_LooksNoFurtherBack()
    {
        var window = Create();
        for (var i = 0; i < 10; i++) window.Add(0, TrafficResult.Success, 1);
        for (var i = 0; i < 10; i++) window.Add(3 * Second, TrafficResult.Failure, 0);
        Assert.Equal((10, 10), (window.Read(3 * Second, 10).Requests, window.Read(3 * Second, 10).Failures));
        Assert.Equal((20, 10), (window.Read(3 * Second, 11).Requests, window.Read(3 * Second, 11).Failures));
    }

    [Fact]
    public void Clear_ForgetsEverything()
    {
        var window = Create();
        window.Add(Second, TrafficResult.Failure, 0);
        window.Clear();
        Assert.Equal(0, window.Read(Second).Requests);
        window.Add(Second, TrafficResult.Success, 1);
        Assert.Equal((1, 0), (window.Read(Second).Requests, window.Read(Second).Failures));
    }

    [Fact]
    public async Task Add_ManyThreads_LosesNothingWithinASlot()
    {
        var window = Create();
        window.Add(Second, TrafficResult.Success, 1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) window.Add(Second, i % 4 == 0 ? TrafficResult.Failure : TrafficResult.Success, 1);
        })));
        Assert.Equal((40_001, 10_000), (window.Read(Second).Requests, window.Read(Second).Failures));
    }

    private static TrafficWindow Create() => new(TimeSpan.FromSeconds(10), Second);
}
