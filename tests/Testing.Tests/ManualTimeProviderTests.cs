namespace Net2Secure.Routing.Testing.Tests;

public sealed class ManualTimeProviderTests
{
    [Fact]
    public void Advance_SeveralTimers_FireInOrderEachAtItsMoment()
    {
        var time = new ManualTimeProvider();
        var fired = new List<string>();
        using var late = time.CreateTimer(_ => fired.Add($"late {time.Elapsed.TotalSeconds}"), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var first = time.CreateTimer(_ => fired.Add($"first {time.Elapsed.TotalSeconds}"), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using var second = time.CreateTimer(_ => fired.Add($"second {time.Elapsed.TotalSeconds}"), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(["first 2", "second 2", "late 3", "second 4"], fired);
        Assert.Equal((1, TimeSpan.FromSeconds(2)), (time.PendingTimers, time.NextDue));
    }

    [Fact]
    public async Task Advance_ChainOfDelays_HasHappenedWhenItReturns()
    {
        var time = new ManualTimeProvider();
        var steps = 0;
        var chain = RunAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, steps);
        await chain.WaitAsync(TimeSpan.FromSeconds(30));

        async Task RunAsync()
        {
            for (; steps < 10; steps++) await Task.Delay(TimeSpan.FromSeconds(1), time).ConfigureAwait(false);
        }
    }

    [Fact]
    public async Task AdvanceUntil_NothingIsTimed_SaysSo()
    {
        var error = await Assert.ThrowsAsync<TimeoutException>(() => new ManualTimeProvider().AdvanceUntilAsync(new TaskCompletionSource().Task)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("No timer is set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdvanceUntil_BeyondTheLimit_SaysWhatIsDue()
    {
        var time = new ManualTimeProvider();
        var error = await Assert.ThrowsAsync<TimeoutException>(() => time.AdvanceUntilAsync(Task.Delay(TimeSpan.FromHours(1), time), TimeSpan.FromMinutes(1))).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("01:00:00", error.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, time.Elapsed);
    }

    [Fact]
    public void Advance_FromATimer_IsRefused()
    {
        var time = new ManualTimeProvider();
        using var timer = time.CreateTimer(_ => time.Advance(TimeSpan.FromSeconds(1)), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.Throws<InvalidOperationException>(() => time.Advance(TimeSpan.Zero));
    }

    [Fact]
    public void Timer_Disposed_StaysSo()
    {
        var time = new ManualTimeProvider();
        var timer = time.CreateTimer(_ => Assert.Fail("It was disposed."), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        time.Advance(TimeSpan.FromSeconds(5));
    }
}
