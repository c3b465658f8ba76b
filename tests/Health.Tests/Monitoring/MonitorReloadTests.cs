using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Monitoring;

/// <summary>What becomes of a monitor when its cluster is configured anew, begins or ends.</summary>
public sealed class MonitorReloadTests : IDisposable
{
    private readonly MonitorRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Reload_Unchanged_KeepsWhatIsKnownAndTheRhythm()
    {
        _rig.Apply("abc");
        _rig.Fail("c");
        _rig.Advance(2050);
        var probe = _rig.Probe;
        _rig.Apply("abc");
        Assert.Equal("ab", _rig.Candidates);
        Assert.Same(probe, _rig.Probe);
        _rig.Advance(1000);
        Assert.Equal([1100, 2100], _rig.TimesOf("a")[^2..]);
    }

    [Fact]
    public void Reload_RemovedDestination_IsNotProbedAnyMore()
    {
        _rig.Apply("abc");
        _rig.Advance(1050);
        _rig.Apply("ab");
        var before = _rig.TimesOf("c").Length;
        _rig.Advance(10_000);
        Assert.Equal(before, _rig.TimesOf("c").Length);
    }

    [Fact]
    public void Reload_RemovedWhileItsProbeRuns_CancelsItAndHearsNoMoreOfIt()
    {
        _rig.Apply("abc");
        _rig.Advance(2050);
        var answer = new TaskCompletionSource<ProbeResult>();
        var cancelled = new TaskCompletionSource();
        _rig.Answers["c"] = token =>
        {
            token.Register(cancelled.SetResult);
            return new ValueTask<ProbeResult>(answer.Task);
        };
        _rig.Advance(100);
        _rig.Apply("ab");
        Assert.True(SpinWait.SpinUntil(() => cancelled.Task.IsCompleted, TimeSpan.FromSeconds(10)));
        _rig.Listener.Changes.Clear();
        answer.SetResult(ProbeResult.Failed("too late"));
        _rig.Advance(5000);
        Assert.Empty(_rig.Listener.Changes);
    }

    [Fact]
    public void Reload_ShorterInterval_CountsFromNow()
    {
        _rig.Apply("a", o => o.Interval = TimeSpan.FromMinutes(10));
        _rig.Advance(1000);
        _rig.Advance(100_000);
        _rig.Apply("a", o => o.Interval = TimeSpan.FromSeconds(2));
        _rig.Advance(2001);
        Assert.Equal(103_000, _rig.TimesOf("a")[^1]);
        _rig.Advance(2000);
        Assert.Equal(105_000, _rig.TimesOf("a")[^1]);
    }

    [Fact]
    public void Reload_OtherQuestion_IsAskedAtOnceByANewProbeAndTheOldOneIsDisposed()
    {
        _rig.Apply("ab");
        _rig.Advance(2050);
        var old = _rig.Probe!;
        _rig.Apply("ab", o => o.Path = "/ready");
        Assert.NotSame(old, _rig.Probe);
        Assert.True(old.Disposed);
        Assert.Equal("ab", _rig.Candidates);
        _rig.Advance(5);
        Assert.Equal(2050, _rig.TimesOf("a")[^1]);
    }

    [Fact]
    public void Reload_OtherAddress_BeginsAfresh()
    {
        _rig.Apply("ab");
        _rig.Advance(2050);
        _rig.Fail("b");
        _rig.Apply("ab", cluster: c => c.Destinations["b"].Address = "http://10.9.9.9/");
        Assert.Equal("a", _rig.Candidates);
        _rig.Advance(5);
        Assert.Equal(DestinationHealth.Unhealthy, _rig["b"].Status.Active);
    }

    [Fact]
    public void Reload_OtherAddressForProbesAlone_IsAskedThereAtOnce()
    {
        _rig.Apply("ab");
        _rig.Advance(2050);
        _rig.Apply("ab", cluster: c => c.Destinations["b"].Health = "http://10.9.9.9:81/");
        _rig.Advance(5);
        Assert.Equal((1100, 2050), (_rig.TimesOf("a")[^1], _rig.TimesOf("b")[^1]));
    }

    [Fact]
    public void Reload_SwitchedOff_ForgetsAllAndStops()
    {
        _rig.Apply("abcd");
        _rig.Fail("a");
        _rig.Answer("b", ProbeResult.Draining("status 503"));
        _rig.Advance(5000);
        _rig.Apply("abcd", o => o.Enabled = false);
        Assert.Equal("abcd", _rig.Candidates);
        Assert.All(_rig.Cluster.Snapshot.Destinations, d => Assert.Equal(DestinationStatus.Initial, d.Status));
        Assert.DoesNotContain(_rig.Cluster.Observers, o => o is HealthMonitor);
        var before = _rig.Asked.Count;
        _rig.Advance(10_000);
        Assert.Equal(before, _rig.Asked.Count);
        _rig.Apply("abcd");
        _rig.Advance(5);
        Assert.Equal(before + 4, _rig.Asked.Count);
    }

    [Fact]
    public void Reload_ProbeThatCannotBeMade_KeepsTheOneBefore()
    {
        using var rig = new MonitorRig(s => s.AddNet2HealthProbe("Broken", _ => throw new NotSupportedException("no key")));
        rig.Apply("ab");
        rig.Advance(1050);
        rig.Apply("ab", o => o.Probe = "Broken");
        rig.Advance(1000);
        Assert.Contains(rig.Log.Messages, m => m.StartsWith("Error ProbeNotMade", StringComparison.Ordinal));
        Assert.Equal(1100, rig.TimesOf("a")[^1]);
    }

    [Fact]
    public void ClusterGoes_ProbesEnd()
    {
        _rig.Apply("ab");
        _rig.Advance(2000);
        var (before, probe) = (_rig.Asked.Count, _rig.Probe!);
        _rig.ApplyNone();
        _rig.Advance(60_000);
        Assert.Equal(before, _rig.Asked.Count);
        Assert.True(probe.Disposed);
    }

    [Fact]
    public void Start_RequestsWaitUntilHalfAreFoundHealthy()
    {
        _rig.Chance.Value = 0.999;
        _rig.Answers["b"] = _rig.Answers["c"] = _rig.Answers["d"] = _ => new ValueTask<ProbeResult>(new TaskCompletionSource<ProbeResult>().Task);
        _rig.Apply("abcd", o => o.Interval = TimeSpan.FromSeconds(10));
        var starting = _rig.Cluster.Starting!;
        _rig.Advance(10);
        Assert.False(starting.IsCompleted);
        _rig.Advance(1989);
        Assert.False(starting.IsCompleted);
        _rig.Advance(1);
        Assert.True(starting.IsCompleted);
        Assert.Null(_rig.Cluster.Starting);
    }

    [Fact]
    public void Start_HalfAreHealthy_RequestsGoOn()
    {
        _rig.Answers["c"] = _rig.Answers["d"] = _ => new ValueTask<ProbeResult>(new TaskCompletionSource<ProbeResult>().Task);
        _rig.Apply("abcd");
        Assert.NotNull(_rig.Cluster.Starting);
        _rig.Advance(5);
        Assert.Null(_rig.Cluster.Starting);
        Assert.Equal("ab", _rig.Candidates);
    }

    [Fact]
    public void Start_AllAreDead_RequestsGoOnToAll()
    {
        foreach (var name in "abcd") _rig.Fail(name.ToString());
        _rig.Apply("abcd");
        _rig.Advance(5);
        Assert.Null(_rig.Cluster.Starting);
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void Start_WithoutWaiting_OrWithoutProbes_HoldsNobody()
    {
        _rig.Apply("ab", o => o.StartupTimeout = TimeSpan.Zero);
        Assert.Null(_rig.Cluster.Starting);
        _rig.ApplyNone();
        _rig.Apply("ab", o => o.Enabled = false);
        Assert.Null(_rig.Cluster.Starting);
        _rig.Apply("ab"); // known to traffic already
        Assert.Null(_rig.Cluster.Starting);
    }

    [Fact]
    public void Start_ClusterGoesBeforeItIsOver_LetsGo()
    {
        _rig.Apply("ab");
        var starting = _rig.Cluster.Starting!;
        _rig.ApplyNone();
        Assert.True(starting.IsCompleted);
    }

    [Fact]
    public void Found_WhileSomebodyPublishes_IsTakenAlongInOneSnapshot()
    {
        var all = new string([.. Enumerable.Range('a', 26).Select(c => (char)c)]);
        var answers = all.ToDictionary(c => c.ToString(), _ => new TaskCompletionSource<ProbeResult>());
        foreach (var (name, answer) in answers) _rig.Answers[name] = _ => new ValueTask<ProbeResult>(answer.Task);
        _rig.Apply(all);
        _rig.Advance(5);
        _rig.Listener.OnChanged = () =>
        {
            foreach (var answer in answers.Values) answer.TrySetResult(ProbeResult.Passed);
            Assert.True(SpinWait.SpinUntil(() => all.All(c => _rig.Monitor.Find(_rig[c.ToString()])!.State.Health == DestinationHealth.Healthy), TimeSpan.FromSeconds(10)));
        };
        answers["a"].SetResult(ProbeResult.Passed);
        Assert.True(SpinWait.SpinUntil(() => _rig.Cluster.Snapshot.Candidates.Count == 26 && _rig.Listener.Batches.Count > 1, TimeSpan.FromSeconds(10)));
        Assert.Equal([1, 25], _rig.Listener.Batches);
    }
}
