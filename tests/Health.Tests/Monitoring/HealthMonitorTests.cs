using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Monitoring;

/// <summary>What a monitor makes of its probes over time: told by moving the clock, without sockets or threads.</summary>
public sealed class HealthMonitorTests : IDisposable
{
    private readonly MonitorRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void NewDestinations_TakeTrafficAfterTheirFirstGoodProbe()
    {
        _rig.Apply("abcd");
        Assert.True(_rig.Cluster.Snapshot.IsPanic);
        _rig.Fail("d");
        _rig.Advance(5);
        Assert.Equal("abc", _rig.Candidates);
        Assert.False(_rig.Cluster.Snapshot.IsPanic);
        Assert.Equal(DestinationHealth.Unhealthy, _rig["d"].Status.Active);
    }

    [Fact]
    public void DestinationAddedLater_TakesNoTrafficBeforeItsFirstGoodProbe()
    {
        _rig.Apply("ab");
        _rig.Advance(5);
        _rig.Fail("c");
        _rig.Apply("abcd");
        Assert.Equal("ab", _rig.Candidates);
        _rig.Advance(5);
        Assert.Equal("abd", _rig.Candidates);
    }

    [Fact]
    public void UnprobedTraffic_TakesTrafficAtOnce()
    {
        _rig.Apply("ab", o => o.UnprobedTraffic = true);
        _rig.Advance(5);
        _rig.Apply("abcd", o => o.UnprobedTraffic = true);
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void SteadyState_EachIsProbedOncePerInterval()
    {
        _rig.Apply("a");
        _rig.Advance(10_000);
        Assert.Equal([0, 100, 1100, 2100, 3100, 4100, 5100, 6100, 7100, 8100, 9100], _rig.TimesOf("a"));
    }

    [Fact]
    public void Dead_IsOutAfterThreeProbes_TheLastTwoOfThemFast()
    {
        Settle("abcd", 2000);
        _rig.Fail("a");
        _rig.Advance(1000);
        Assert.Equal([2100, 2200, 2300], _rig.TimesOf("a")[^3..]);
        Assert.Equal("bcd", _rig.Candidates);
        var change = Assert.Single(_rig.Listener.Changes);
        Assert.Equal((_rig["a"], DestinationHealth.Unhealthy, "3 probes failed: connection_refused"), (change.Destination, change.After.Active, change.Reason));
    }

    [Fact]
    public void Dead_AndItsTrafficFails_IsOutAfterOneProbe_AskedAtOnce()
    {
        Settle("abcd", 2500);
        _rig.Fail("a");
        Attempt("a", fails: true);
        _rig.Cluster.Update(_rig["a"], "ejected", s => s with { Passive = DestinationHealth.Unhealthy });
        _rig.Listener.Changes.Clear();
        _rig.Advance(5);
        Assert.Equal(2500, _rig.TimesOf("a")[^1]);
        Assert.Equal("probe failed: connection_refused", Assert.Single(_rig.Listener.Changes).Reason);
    }

    [Fact]
    public void FailedAttempt_MakesItAskAtOnce_AtMostOnceInAFastInterval()
    {
        Settle("abcd", 2500);
        for (var i = 0; i < 300; i++)
        {
            Attempt("a", fails: true);
            _rig.Advance(1);
        }

        Assert.Equal([2500, 2600, 2700, 2800], _rig.TimesOf("a").Where(t => t >= 2500));
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void FailedAttempt_OfADeadDestination_TakesItOutWithinAnInterval()
    {
        Settle("abcd", 2150);
        _rig.Fail("a");
        Attempt("a", fails: true);
        _rig.Advance(250);
        Assert.Equal("bcd", _rig.Candidates);
    }

    [Fact]
    public void AnsweredAttempts_MakeNobodyAsk()
    {
        Settle("ab", 2500);
        var before = _rig.Asked.Count;
        for (var i = 0; i < 100; i++) Attempt("a", fails: false);
        _rig.Advance(10);
        Assert.Equal(before, _rig.Asked.Count);
    }

    [Fact]
    public void Recovering_IsBackAfterTwoGoodProbes_WithinAnIntervalAndAFastOne()
    {
        Settle("abcd", 2000);
        _rig.Fail("a");
        _rig.Advance(3000);
        Assert.Equal("bcd", _rig.Candidates);
        _rig.Pass("a");
        _rig.Listener.Changes.Clear();
        _rig.Advance(1101);
        Assert.Equal("abcd", _rig.Candidates);
        Assert.Equal("2 probes passed", Assert.Single(_rig.Listener.Changes).Reason);
        Assert.Equal(100, _rig.TimesOf("a")[^1] - _rig.TimesOf("a")[^2]);
    }

    [Fact]
    public void Recovering_ClearsWhatItsTrafficWasLike()
    {
        Settle("abcd", 2000);
        _rig.Fail("a");
        _rig.Cluster.Update(_rig["a"], "ejected", s => s with { Passive = DestinationHealth.Unhealthy });
        _rig.Advance(100);
        Assert.Equal(DestinationHealth.Unhealthy, _rig["a"].Status.Active);
        _rig.Pass("a");
        _rig.Advance(1200);
        Assert.Equal((DestinationHealth.Healthy, DestinationHealth.Unknown), (_rig["a"].Status.Active, _rig["a"].Status.Passive));
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void SmilingProbe_DoesNotBringBackWhomTrafficSpeaksAgainst()
    {
        Settle("abcd", 2000);
        _rig.Cluster.Update(_rig["a"], "ejected", s => s with { Passive = DestinationHealth.Unhealthy });
        _rig.Advance(10_000);
        Assert.Equal("bcd", _rig.Candidates);
    }

    [Fact]
    public void Draining_TakesNoNewTrafficAndIsBackAfterTwoGoodProbes()
    {
        Settle("abcd", 2000);
        _rig.Answer("a", ProbeResult.Draining("status 503"));
        _rig.Advance(101);
        Assert.Equal("bcd", _rig.Candidates);
        Assert.True(_rig["a"].Status is { IsDraining: true, Active: DestinationHealth.Healthy });
        Assert.True(_rig.Cluster.Snapshot.Keeps(_rig["a"]));
        Assert.Contains("status 503", Assert.Single(_rig.Listener.Changes).Reason, StringComparison.Ordinal);
        _rig.Pass("a");
        _rig.Advance(1101);
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void AllAskToDrain_OrAllFail_AllAreUsed()
    {
        Settle("abcd", 2000);
        foreach (var name in "abcd") _rig.Answer(name.ToString(), ProbeResult.Draining("status 503"));
        _rig.Advance(1000);
        Assert.Equal("abcd", _rig.Candidates);
        foreach (var name in "abcd") _rig.Fail(name.ToString());
        _rig.Advance(2000);
        Assert.All("abcd", name => Assert.Equal(DestinationHealth.Unhealthy, _rig[name.ToString()].Status.Active));
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void Flapping_EverySecondProbe_ChangesNothing()
    {
        Settle("ab", 2000);
        var turn = 0;
        _rig.Answers["a"] = _ => ValueTask.FromResult(turn++ % 2 == 0 ? ProbeResult.Failed("connection_refused") : ProbeResult.Passed);
        _rig.Advance(20_000);
        Assert.True(turn > 20);
        Assert.Empty(_rig.Listener.Changes);
    }

    [Fact]
    public void NoAnswer_IsAFailureWhenItsTimeIsUp()
    {
        Settle("abcd", 2000, o => o.Timeout = TimeSpan.FromMilliseconds(300));
        _rig.Answers["a"] = Never;
        _rig.Advance(100 + 299);
        Assert.Equal(0, _rig.Monitor.Find(_rig["a"])!.State.Failed);
        _rig.Advance(1);
        Wait(() => _rig.Monitor.Find(_rig["a"])!.State.Failed == 1);
        Assert.Equal("no answer within 300 ms", _rig.Monitor.Find(_rig["a"])!.Last!.Result.Reason);
    }

    [Fact]
    public void ProbeThatDoesNotReturn_FailsAndIsNotStartedAgain()
    {
        Settle("abcd", 2000, o => o.Timeout = TimeSpan.FromMilliseconds(300));
        var calls = 0;
        var release = new TaskCompletionSource<ProbeResult>();
        _rig.Answers["a"] = _ =>
        {
            calls++;
            return new ValueTask<ProbeResult>(release.Task);
        };
        _rig.Advance(501);
        Wait(() => _rig.Monitor.Find(_rig["a"])!.State.Failed > 0);
        _rig.Advance(1000);
        Assert.Equal(1, calls);
        Assert.Equal("bcd", _rig.Candidates);
        _rig.Pass("a");
        release.SetResult(ProbeResult.Passed);
        _rig.Advance(1200);
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void ProbeThatThrows_CountsAsFailedAndIsLoggedOncePerChange()
    {
        Settle("abcd", 2000);
        _rig.Answers["a"] = _ => throw new NotSupportedException("mine");
        _rig.Advance(5000);
        Assert.Equal("bcd", _rig.Candidates);
        Assert.Single(_rig.Log.Messages, m => m.StartsWith("Error ProbeThrew", StringComparison.Ordinal));
        _rig.Pass("a");
        _rig.Advance(2000);
        Assert.Equal("abcd", _rig.Candidates);
        _rig.Answers["a"] = _ => ValueTask.FromException<ProbeResult>(new NotSupportedException("mine"));
        _rig.Advance(5000);
        Assert.Equal("bcd", _rig.Candidates);
        Assert.Equal(2, _rig.Log.Messages.Count(m => m.StartsWith("Error ProbeThrew", StringComparison.Ordinal)));
    }

    [Fact]
    public void ListenerThatThrows_EndsNoProbes()
    {
        Settle("abcd", 2000);
        _rig.Listener.Throws = true;
        _rig.Fail("a");
        _rig.Advance(1000);
        Assert.Contains(_rig.Log.Messages, m => m.Contains("ProbeNotPublished", StringComparison.Ordinal));
        _rig.Listener.Throws = false;
        _rig.Pass("a");
        _rig.Advance(2000);
        Assert.Equal("abcd", _rig.Candidates);
    }

    [Fact]
    public void Changes_AreLoggedOnce()
    {
        Settle("abcd", 2000);
        _rig.Log.Messages.Clear();
        _rig.Fail("a");
        _rig.Advance(5000);
        _rig.Pass("a");
        _rig.Advance(5000);
        Assert.Equal(
            ["Warning ProbeFoundUnhealthy Destination a of cluster shop is unhealthy: 3 probes failed: connection_refused.", "Information ProbeFoundHealthy Destination a of cluster shop is healthy: 2 probes passed."],
            _rig.Log.Messages);
    }

    [Fact]
    public void Idle_SlowsDownAfterAMinuteAndAsksAllWithTheNextRequest()
    {
        _rig.Apply("ab", o => o.IdleInterval = TimeSpan.FromSeconds(30));
        _rig.Advance(60_000);
        var busy = _rig.TimesOf("a").Length;
        _rig.Advance(90_000);
        Assert.InRange(_rig.TimesOf("a").Length - busy, 3, 5);
        Attempt("a", fails: false);
        _rig.Advance(5);
        Assert.All("ab", name => Assert.InRange(_rig.TimesOf(name.ToString())[^1], 150_000, 150_005));
        var woken = _rig.TimesOf("a").Length;
        _rig.Advance(10_000);
        Assert.Equal(10, _rig.TimesOf("a").Length - woken);
    }

    private void Settle(string destinations, int milliseconds, Action<ActiveHealthCheckOptions>? configure = null)
    {
        _rig.Apply(destinations, configure);
        _rig.Advance(milliseconds);
        _rig.Listener.Changes.Clear();
        Assert.Equal(destinations, _rig.Candidates);
    }

    private void Attempt(string destination, bool fails)
    {
        using var request = new HttpRequestMessage();
        using var response = new HttpResponseMessage();
        AttemptFailure? failure = fails ? new(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected) : null;
        foreach (var observer in _rig.Cluster.Observers) observer.OnStarted(_rig[destination], request);
        foreach (var observer in _rig.Cluster.Observers) observer.OnEnded(new AttemptOutcome(_rig[destination], request, response, failure, TimeSpan.Zero));
    }

    private static async ValueTask<ProbeResult> Never(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return ProbeResult.Passed;
    }

    // What a cancelled probe leaves behind runs on a thread of the pool.
    private static void Wait(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)));
}
