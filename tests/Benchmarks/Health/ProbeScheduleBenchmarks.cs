using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Benchmarks.Health;

/// <summary>What it costs to say a hundred thousand times which of many destinations is asked next: one heap and one timer, against a timer for each destination.</summary>
/// <remarks>
/// A turn of the heap costs one to a few microseconds, arming a timer less than one (firing it comes on top, and is not measured here). The heap is not there for speed: it is where the bound on
/// probes at once and their order are kept, and ten thousand destinations at 15 s need some 700 turns a second. Time is moved by hand, so what is measured is the work of scheduling, not waiting. Each round every destination runs once and is scheduled anew, in a random order.
/// </remarks>
[MemoryDiagnoser]
public class ProbeScheduleBenchmarks : IDisposable
{
    private const int Turns = 100_000;
    private readonly Random _chance = new(1);
    private readonly SteppedTime _time = new();
    private ProbeScheduler? _scheduler;
    private Timer[] _timers = [];
    private int _ran;

    [Params(100, 10_000)]
    public int Destinations { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _scheduler = new ProbeScheduler(_time);
        for (var i = 0; i < Destinations; i++) _scheduler.Schedule(new Entry(this), Next());
        _timers = new Timer[Destinations];
        for (var i = 0; i < Destinations; i++) _timers[i] = new Timer(static _ => { }, state: null, Next() + TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Turns)]
    public int TimerForEach()
    {
        for (var i = 0; i < Turns; i++) _timers[i % _timers.Length].Change(Next() + TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        return _timers.Length;
    }

    [Benchmark(OperationsPerInvoke = Turns)]
    public int OneHeap()
    {
        for (var end = _ran + Turns; _ran < end;) _time.Step();
        return _ran;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _scheduler?.Dispose();
        foreach (var timer in _timers) timer.Dispose();
        GC.SuppressFinalize(this);
    }

    // An interval of 15 s, less up to a tenth.
    private TimeSpan Next() => TimeSpan.FromMilliseconds(_chance.Next(13_500, 15_000));

    private sealed class Entry(ProbeScheduleBenchmarks owner) : ProbeScheduler.Entry
    {
        public override void Run()
        {
            owner._ran++;
            owner._scheduler!.Ended();
            owner._scheduler.Schedule(this, owner.Next());
        }
    }

    /// <summary>Time that jumps to whatever its one timer waits for.</summary>
    private sealed class SteppedTime : TimeProvider, ITimer
    {
        private long _now;
        private long _due = long.MaxValue;
        private TimerCallback? _callback;
        private object? _state;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            Change(dueTime, period);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : _now + dueTime.Ticks;
            return true;
        }

        public void Step()
        {
            _now = Math.Max(_now, _due);
            _due = long.MaxValue;
            _callback!(_state);
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
