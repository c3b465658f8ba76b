using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Ejection;

/// <summary>What becomes of destinations by what their traffic shows, as scenarios.</summary>
public sealed class OutlierMonitorTests
{
    [Fact]
    public void NothingSet_FailuresInARow_EjectAtOnce()
    {
        using var cluster = new ObservedCluster(4);
        cluster.Refuse(1, times: 4);
        Assert.Equal("abcd", cluster.Serving);
        cluster.Refuse(1);
        Assert.Equal("acd", cluster.Serving);
    }

    [Fact]
    public void NothingSet_ErrorsInAnswers_AreNoConcern()
    {
        using var cluster = new ObservedCluster(4);
        for (var i = 0; i < 100; i++)
        {
            cluster.Answer(0, HttpStatusCode.ServiceUnavailable);
            cluster.Answer(1);
            cluster.Pass(0.05);
        }

        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void SwitchedOff_Nothing_Ejects()
    {
        using var cluster = new ObservedCluster(4, p => p.Enabled = false);
        cluster.Refuse(1, times: 100);
        cluster.Pass(1);
        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void OnlyDestination_IsNeverEjected()
    {
        using var cluster = new ObservedCluster(1, p => p.Enabled = true);
        cluster.Refuse(0, times: 100);
        cluster.Pass(1);
        Assert.Equal("a", cluster.Serving);
    }

    [Fact]
    public void ThirtyPercentErrors_BehindASmilingProbe_EjectWithinASecond()
    {
        using var cluster = On();
        cluster.Cluster.Update(cluster[0], "probe", s => s with { Active = DestinationHealth.Healthy });
        Run(cluster, seconds: 10, failing: (_, _) => false);
        var ejectedAfter = Run(cluster, seconds: 2, failing: (index, n) => index == 0 && n % 10 < 3, until: () => cluster.Serving == "bcd");
        Assert.True(ejectedAfter <= 1, $"It took {ejectedAfter} s.");
    }

    [Fact]
    public void SteadyTwoPercentErrors_NobodyIsEjected()
    {
        using var cluster = On();
        var random = new Random(3);
        Run(cluster, seconds: 60, failing: (_, _) => random.NextDouble() < 0.02);
        Assert.Empty(cluster.Reader.History("shop"));
    }

    [Fact]
    public void ErrorsOfAll_AreNobodysFault()
    {
        using var cluster = On();
        for (var i = 0; i < 1_000; i++)
        {
            for (var d = 0; d < 4; d++) cluster.Answer(d, HttpStatusCode.ServiceUnavailable);
            cluster.Pass(0.01);
        }

        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void OnlyGatewayErrors_EjectAfterAHandful()
    {
        using var cluster = On();
        cluster.Answer(0, HttpStatusCode.BadGateway, times: 5);
        Assert.Equal("bcd", cluster.Serving);
    }

    [Fact]
    public void BodiesCutShort_EjectByTheirShare()
    {
        using var cluster = On();
        for (var i = 0; i < 20; i++)
        {
            for (var d = 0; d < 4; d++)
            {
                var attempt = cluster.Begin(d);
                attempt.Answer();
                if (d == 2) attempt.Cut();
            }

            cluster.Pass(0.05);
        }

        Assert.Equal("abd", cluster.Serving);
    }

    [Fact]
    public void FrozenDestination_IsEjectedWithinASecond()
    {
        using var cluster = On();
        Run(cluster, seconds: 2, failing: (_, _) => false);
        var lost = 0;
        for (var i = 0; i < 100 && cluster.Serving == "abcd"; i++)
        {
            cluster.Begin(0);
            lost++;
            for (var d = 1; d < 4; d++) cluster.Answer(d);
            cluster.Pass(0.01);
        }

        Assert.Equal("bcd", cluster.Serving);
        Assert.InRange(lost, 10, 70);
    }

    [Fact]
    public void CallersThatGiveUp_AreNoSign()
    {
        using var cluster = On();
        for (var i = 0; i < 200; i++)
        {
            cluster.Begin(0).Fail(AttemptFailureKinds.ConnectionTerminated, FailureSide.Client);
            cluster.Begin(0).Fail(AttemptFailureKinds.ConnectionTerminated, isIdleClose: true);
            cluster.Begin(0).Fail(AttemptFailureKinds.ProxyInternalError, FailureSide.Proxy);
            cluster.Answer(1);
            cluster.Pass(0.01);
        }

        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void HalfEjected_TheNextStays()
    {
        using var cluster = new ObservedCluster(4);
        for (var d = 0; d < 4; d++) cluster.Refuse(d, times: 10);
        Assert.Equal("cd", cluster.Serving);
        Assert.False(cluster.Cluster.Snapshot.IsPanic);
    }

    [Fact]
    public void NobodyElseUsable_TheLastStays()
    {
        using var cluster = new ObservedCluster(2);
        cluster.Cluster.Update(cluster[1], "probe", s => s with { Active = DestinationHealth.Unhealthy });
        cluster.Refuse(0, times: 10);
        Assert.Equal(DestinationHealth.Unknown, cluster[0].Status.Passive);
    }

    [Fact]
    public void PeriodOver_OneRequestTriesIt_AndItsAnswerReadmits()
    {
        using var cluster = Ejected(p => p.ReactivationPeriod = TimeSpan.FromSeconds(3));
        cluster.Pass(2.9);
        Assert.Equal("bcd", cluster.Serving);
        cluster.Pass(0.2);
        Assert.Equal("abcd", cluster.Serving); // by weight; but only one request is let through
        var first = ChooseUntil(cluster, cluster[0]);
        Assert.NotNull(first);
        Assert.Null(ChooseUntil(cluster, cluster[0]));
        new ObservedCluster.Attempt(cluster, cluster[0], first).Answer();
        Assert.Equal("abcd", cluster.Serving);
        Assert.NotNull(ChooseUntil(cluster, cluster[0]));
        Assert.Equal(DestinationHealth.Healthy, cluster[0].Status.Passive);
    }

    [Fact]
    public void PeriodOver_TheRequestThatTriesItFails_EjectsItForThePeriodAgain()
    {
        using var cluster = Ejected(p => p.ReactivationPeriod = TimeSpan.FromSeconds(3));
        cluster.Pass(3.1);
        new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!).Fail(AttemptFailureKinds.ConnectionRefused);
        Assert.Equal("bcd", cluster.Serving);
        Assert.Equal(2, cluster.Reader.Find("shop")!.Destinations[0].Ejections);
        cluster.Pass(2.9);
        Assert.Equal("bcd", cluster.Serving);
        cluster.Pass(0.2);
        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void NothingSet_EjectionsGrow()
    {
        using var cluster = Ejected(null);
        for (var count = 1; count < 5; count++)
        {
            cluster.Pass(count - 0.1);
            Assert.Equal("bcd", cluster.Serving);
            cluster.Pass(0.2);
            Assert.Equal("abcd", cluster.Serving);
            new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!).Fail(AttemptFailureKinds.ConnectionRefused);
        }
    }

    [Fact]
    public void OnTrial_RequestsThatAreNotSafe_WaitTheirTurn()
    {
        using var cluster = Ejected(null);
        cluster.Pass(1.1);
        Assert.Null(ChooseUntil(cluster, cluster[0], HttpMethod.Post));
        cluster.Pass(5);
        Assert.NotNull(ChooseUntil(cluster, cluster[0], HttpMethod.Post)); // nothing else comes
    }

    [Fact]
    public void OnTrial_NotAnsweredInTime_IsEjectedAgain_AndALateAnswerReadmits()
    {
        using var cluster = Ejected(null);
        cluster.Pass(1.1);
        var attempt = new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!);
        cluster.Pass(4.5);
        Assert.Equal(DestinationHealth.Unknown, cluster[0].Status.Passive); // taken out, it would have its request given up
        Assert.Null(ChooseUntil(cluster, cluster[0]));
        cluster.Pass(1);
        Assert.Equal("bcd", cluster.Serving);
        Assert.Equal(2, cluster.Reader.Find("shop")!.Destinations[0].Ejections);
        attempt.Answer();
        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void OnTrial_RequestNeverSetOut_AnotherMayTry()
    {
        using var cluster = Ejected(null);
        cluster.Pass(1.1);
        Assert.NotNull(ChooseUntil(cluster, cluster[0]));
        Assert.Null(ChooseUntil(cluster, cluster[0]));
        cluster.Pass(1.2);
        Assert.NotNull(ChooseUntil(cluster, cluster[0]));
    }

    [Fact]
    public void OnTrial_CallerGivesUp_AnotherMayTry()
    {
        using var cluster = Ejected(null);
        cluster.Pass(1.1);
        new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!).Fail(AttemptFailureKinds.ConnectionTerminated, FailureSide.Client);
        Assert.NotNull(ChooseUntil(cluster, cluster[0]));
    }

    [Fact]
    public void OnTrial_CallerGivesUpAfterAWhile_AnotherMayTry()
    {
        using var cluster = Ejected(null);
        cluster.Pass(1.1);
        var attempt = new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!);
        cluster.Pass(0.2);
        Assert.Null(ChooseUntil(cluster, cluster[0]));
        attempt.Fail(AttemptFailureKinds.ConnectionTerminated, FailureSide.Client);
        Assert.NotNull(ChooseUntil(cluster, cluster[0]));
    }

    [Fact]
    public void Ejected_ForUnreachability_IsBackWithAnAnswerOfAnyKindButAGatewayError()
    {
        using var cluster = Ejected(null);
        cluster.Pass(1.1);
        new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!).Answer(HttpStatusCode.InternalServerError);
        Assert.Equal(DestinationHealth.Healthy, cluster[0].Status.Passive);
    }

    [Fact]
    public void Ejected_ForErrors_IsNotBackWithAnother()
    {
        using var cluster = On(p => p.ReactivationPeriod = TimeSpan.FromSeconds(1));
        cluster.Answer(0, HttpStatusCode.BadGateway, times: 5);
        cluster.Pass(1.1);
        new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!).Answer(HttpStatusCode.InternalServerError);
        Assert.Equal("bcd", cluster.Serving);
    }

    [Fact]
    public void ProbesFindItHealthy_VerdictAndHistoryAreCleared()
    {
        using var cluster = Ejected(p => p.ReactivationPeriod = TimeSpan.FromHours(1));
        cluster.Cluster.Update(cluster[0], "probes failed", s => s with { Active = DestinationHealth.Unhealthy });
        cluster.Cluster.Update(cluster[0], "two probes passed", s => s with { Active = DestinationHealth.Healthy });
        Assert.Equal("abcd", cluster.Serving);
        Assert.Equal((0, 0), (cluster.Reader.Find("shop")!.Destinations[0].Ejections, cluster.Reader.Find("shop")!.Destinations[0].Traffic.Requests));
        cluster.Refuse(0, times: 4);
        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void ProbesFailing_EndOfThePeriodLeavesItToThem()
    {
        using var cluster = Ejected(null);
        cluster.Cluster.Update(cluster[0], "probes failed", s => s with { Active = DestinationHealth.Unhealthy });
        cluster.Pass(1.1);
        Assert.Equal((DestinationHealth.Unknown, "bcd"), (cluster[0].Status.Passive, cluster.Serving));
    }

    [Fact]
    public void GoodProbesBadTraffic_StaysEjected()
    {
        using var cluster = On();
        cluster.Cluster.Update(cluster[0], "probes passed", s => s with { Active = DestinationHealth.Healthy });
        cluster.Answer(0, HttpStatusCode.BadGateway, times: 5);
        Assert.Equal("bcd", cluster.Serving);
        cluster.Pass(9.9);
        Assert.Equal("bcd", cluster.Serving);
    }

    [Fact]
    public void NoRoom_WhoIsOutLongestIsTriedBeforeItsTime()
    {
        using var cluster = new ObservedCluster(4, p => p.ReactivationPeriod = TimeSpan.FromMinutes(5));
        cluster.Refuse(0, times: 5);
        cluster.Pass(2);
        cluster.Refuse(1, times: 5);
        cluster.Pass(2);
        cluster.Refuse(2, times: 5); // a restart of one after the other: a and b are back, but their periods are long
        cluster.Pass(0.2);
        new ObservedCluster.Attempt(cluster, cluster[0], ChooseUntil(cluster, cluster[0])!).Answer();
        cluster.Refuse(2);
        cluster.Pass(0.2);
        Assert.Equal("ad", cluster.Serving);
    }

    [Fact]
    public void Forced_ToBeUsed_IsNotEjected()
    {
        using var cluster = Ejected(null);
        Assert.True(cluster.Control.Force("SHOP", "A", DestinationOverride.Healthy, "we know better"));
        Assert.Equal("abcd", cluster.Serving);
        cluster.Refuse(0, times: 100);
        cluster.Pass(1);
        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void Reload_KeepsWhatStaysAndForgetsWhatGoes()
    {
        using var cluster = Ejected(p => p.ReactivationPeriod = TimeSpan.FromMinutes(1));
        cluster.Refuse(1, times: 4);
        Apply(cluster, "a", "b", "d");
        Assert.Equal("bd", cluster.Serving);
        cluster.Refuse(1);
        cluster.Pass(0.1);
        Assert.Equal("bd", cluster.Serving); // two of three may not be out
        Assert.Equal(5, cluster.Reader.Find("shop")!.Destinations[1].Traffic.ConsecutiveFailures);
    }

    [Fact]
    public void Reload_SwitchesOff_LetsEverybodyBack()
    {
        using var cluster = Ejected(p => p.ReactivationPeriod = TimeSpan.FromMinutes(1));
        Apply(cluster, c => c.HealthCheck = new() { Passive = new() { Enabled = false } }, "a", "b", "c", "d");
        Assert.Equal("abcd", cluster.Serving);
    }

    [Fact]
    public void PolicyOfTheUser_DecidesByItsName()
    {
        using var cluster = On(p => p.Policy = "slowest", services: s => s.AddNet2PassiveHealthPolicy("Slowest", _ => new NamedPolicy("b")));
        cluster.Answer(0);
        cluster.Pass(0.2);
        Assert.Equal("acd", cluster.Serving);
        Assert.Contains("ejected: b it is", cluster.Reader.Find("shop")!.Destinations[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void PolicyOfTheUser_Throws_CountsAsFindingNothing()
    {
        using var cluster = On(p => p.Policy = "broken", services: s => s.AddNet2PassiveHealthPolicy("broken", _ => new NamedPolicy(null)));
        cluster.Answer(0);
        cluster.Pass(0.2);
        Assert.Equal("abcd", cluster.Serving);
        cluster.Refuse(0, times: 5); // the other rules go on
        Assert.Equal("bcd", cluster.Serving);
    }

    [Fact]
    public void Ejecting_WhoHearsOfIt_IsNotUnderALock()
    {
        var listener = new AskingListener();
        using var cluster = new ObservedCluster(4, services: s => s.AddSingleton<IClusterFeatureFactory>(listener));
        cluster.Refuse(0, times: 5);
        Assert.Equal("bcd", cluster.Serving);
        Assert.True(listener.WasAnswered);
    }

    [Fact]
    public void Idle_NoTimerRuns()
    {
        using var cluster = On();
        cluster.Answer(0);
        cluster.Pass(0.2);
        Assert.Equal(0, cluster.Time.Running);
    }

    private static ObservedCluster On(Action<PassiveHealthCheckOptions>? passive = null, Action<IServiceCollection>? services = null) => new(
        4,
        p =>
        {
            p.Enabled = true;
            passive?.Invoke(p);
        },
        services: services);

    /// <summary>Destination a is ejected for failures in a row.</summary>
    private static ObservedCluster Ejected(Action<PassiveHealthCheckOptions>? passive)
    {
        var cluster = new ObservedCluster(4, passive);
        cluster.Refuse(0, times: 5);
        Assert.Equal("bcd", cluster.Serving);
        return cluster;
    }

    /// <summary>The first of some requests that is sent to a destination.</summary>
    private static HttpRequestMessage? ChooseUntil(ObservedCluster cluster, Destination wanted, HttpMethod? method = null)
    {
        for (var i = 0; i < 8; i++)
        {
            var request = new HttpRequestMessage(method ?? HttpMethod.Get, "http://shop/");
            if (cluster.Choose(request) == wanted) return request;
        }

        return null;
    }

    /// <summary>A hundred requests a second to each.</summary>
    private static double Run(ObservedCluster cluster, double seconds, Func<int, int, bool> failing, Func<bool>? until = null)
    {
        for (var n = 0; n < seconds * 100; n++)
        {
            if (until?.Invoke() == true) return n / 100.0;
            for (var d = 0; d < 4; d++) cluster.Answer(d, failing(d, n) ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
            cluster.Pass(0.01);
        }

        return seconds;
    }

    private static void Apply(ObservedCluster cluster, params string[] names) => Apply(cluster, _ => { }, names);

    private static void Apply(ObservedCluster cluster, Action<ClusterOptions> configure, params string[] names)
    {
        var options = new ClusterOptions { ClusterId = "shop", LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin, HealthCheck = cluster.Cluster.Snapshot.Options.HealthCheck };
        foreach (var name in names) options.Destinations[name] = new DestinationOptions { Address = $"http://10.0.0.{name[0] - 'a' + 1}/" };
        configure(options);
        cluster.Registry.Apply(cluster.Owner, [options]);
    }

    /// <summary>Has another thread ask the monitor while a change is told.</summary>
    private sealed class AskingListener : IClusterFeatureFactory, IClusterFeature, IStatusListener
    {
        private Cluster? _cluster;

        public bool WasAnswered { get; private set; }

        public IClusterFeature Create(Cluster cluster)
        {
            _cluster = cluster;
            return this;
        }

        public void Configure(ClusterSnapshot snapshot)
        {
        }

        public void OnStatusChanged(IReadOnlyList<StatusChange> changes) =>
            WasAnswered = Task.Run(() => _cluster!.Feature<OutlierMonitor>()!.Find(changes[0].Destination)).Wait(TimeSpan.FromSeconds(20), CancellationToken.None);

        public void Dispose()
        {
        }
    }

    private sealed class NamedPolicy(string? id) : IPassiveHealthPolicy
    {
        public string? FindFault(in PassiveHealthContext context) =>
            id is null ? throw new InvalidOperationException("broken") : context.Destination.Id == id ? $"{id} it is" : null;
    }
}
