using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Monitoring;

public sealed class ProbeSchedulerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _ran = [];
    private readonly ProbeScheduler _scheduler;

    public ProbeSchedulerTests() => _scheduler = new ProbeScheduler(_time, maxConcurrent: 2);

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void Schedule_RunsInTheOrderOfTheTimes()
    {
        Add("c", 30);
        Add("a", 10);
        Add("b", 20);
        Advance(29);
        Assert.Equal(["a", "b"], _ran);
        Advance(1);
        Assert.Equal(["a", "b"], _ran); // two at once, and those have not ended
        _scheduler.Ended();
        Assert.Equal(["a", "b", "c"], _ran);
    }

    [Fact]
    public void Schedule_Again_ReplacesTheTimeBefore()
    {
        var entry = Add("a", 10);
        _scheduler.Schedule(entry, TimeSpan.FromMilliseconds(50));
        Advance(49);
        Assert.Empty(_ran);
        Advance(1);
        Advance(1000);
        Assert.Equal(["a"], _ran);
    }

    [Fact]
    public void Hurry_IsForWhatWouldComeLaterOnly()
    {
        var (late, soon) = (Add("late", 1000), Add("soon", 10));
        _scheduler.Hurry(late, TimeSpan.FromMilliseconds(20));
        _scheduler.Hurry(soon, TimeSpan.FromMilliseconds(20));
        Advance(10);
        Assert.Equal(["soon"], _ran);
        Advance(10);
        Assert.Equal(["soon", "late"], _ran);
        _scheduler.Hurry(soon, TimeSpan.Zero); // runs already
        Advance(1000);
        Assert.Equal(["soon", "late"], _ran);
    }

    [Fact]
    public void Cancel_BeforeOrWhileItWaitsItsTurn_DoesNotRun()
    {
        var cancelled = Add("cancelled", 10);
        _scheduler.Cancel(cancelled);
        Add("a", 11);
        Add("b", 12);
        var waiting = Add("waiting", 13);
        Add("c", 14);
        Advance(100);
        _scheduler.Cancel(waiting);
        _scheduler.Ended();
        Assert.Equal(["a", "b", "c"], _ran);
    }

    [Fact]
    public void TurnsThatWait_AreServedInTheOrderInWhichTheyWereDue()
    {
        foreach (var i in Enumerable.Range(0, 10)) Add($"{i}", 10 + i);
        Advance(100);
        for (var i = 0; i < 8; i++) _scheduler.Ended();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), _ran);
    }

    [Fact]
    public void ScheduledAnewManyTimes_LeavesNoHeapOfStaleTurns()
    {
        var entries = Enumerable.Range(0, 100).Select(i => Add($"{i}", 1_000_000)).ToList();
        for (var round = 0; round < 100; round++)
        {
            foreach (var entry in entries) _scheduler.Schedule(entry, TimeSpan.FromHours(1));
        }

        Assert.InRange(_scheduler.Count, 100, 400);
    }

    [Fact]
    public void Dispose_NothingRunsAnyMore()
    {
        Add("a", 10);
        _scheduler.Dispose();
        Add("b", 10);
        Advance(100);
        Assert.Empty(_ran);
    }

    private Entry Add(string name, int milliseconds)
    {
        var entry = new Entry(name, _ran);
        _scheduler.Schedule(entry, TimeSpan.FromMilliseconds(milliseconds));
        return entry;
    }

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private sealed class Entry(string name, List<string> ran) : ProbeScheduler.Entry
    {
        public override void Run() => ran.Add(name);
    }
}
