using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing.Tests;

public sealed class PolicySimulationTests(ITestOutputHelper output)
{
    /// <summary>The table "When one is slow" of docs/balancing.md.</summary>
    [Theory]
    [InlineData("RoundRobin", 200, 25, 0.2)]
    [InlineData("Random", 400, 25, 1)]
    [InlineData("PowerOfTwoChoices", 200, 2.0, 0.3)]
    [InlineData("PowerOfTwoChoices", 400, 1.4, 0.3)]
    [InlineData("PowerOfTwoChoices", 600, 1.2, 0.3)]
    [InlineData("LeastRequests", 200, 1.2, 0.2)]
    [InlineData("LeastRequests", 400, 0.8, 0.2)]
    [InlineData("LeastRequests", 600, 0.7, 0.2)]
    [InlineData("PeakEwma", 200, 0.02, 0.02)]
    [InlineData("PeakEwma", 400, 0.01, 0.02)]
    [InlineData("PeakEwma", 600, 0.01, 0.02)]
    public void OneOfFourIsSlow_GetsTheShareThatTheDocumentSays(string policy, double perSecond, double percent, double tolerance)
    {
        var simulation = new PolicySimulation { PolicyName = policy, Requests = 40_000, Arrivals = Arrivals.Poisson(perSecond), Seed = 5 };
        foreach (var (name, milliseconds) in ((string, double)[])[("a", 5), ("b", 5), ("slow", 505), ("d", 5)])
        {
            // Half of it always, the other half by chance.
            simulation.Backends.Add(new(name) { ServiceTime = Draw.Exponential(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(milliseconds / 2)) });
        }

        var report = simulation.Run();

        output.WriteLine(report.ToString());
        Assert.Equal(percent, report["slow"].Share * 100, tolerance);
        Assert.Equal((40_000, 40_000, 0), (report.Requests, report.Attempts, report.Failures));
    }

    [Fact]
    public void Queue_AtOneServer_WaitsAsQueueingTheorySays()
    {
        // M/M/1 at 80 %: a mean of 10 ms ÷ (1 − 0.8).
        var simulation = new PolicySimulation { Requests = 400_000, Arrivals = Arrivals.Poisson(80), Seed = 3 };
        simulation.Backends.Add(new("a") { ServiceTime = Draw.Exponential(TimeSpan.FromMilliseconds(10)), Concurrency = 1 });
        Assert.InRange(simulation.Run().Latency.Mean.TotalMilliseconds, 47, 53);
    }

    [Fact]
    public void ServerDies_NoRequestFailsAndTheRestShareItsPart()
    {
        var simulation = new PolicySimulation { PolicyName = "RoundRobin", Requests = 20_000, Arrivals = Arrivals.Constant(1000) };
        simulation.Backends.Add(new SimulatedBackend("a").DownAt(TimeSpan.FromSeconds(5)).UpAt(TimeSpan.FromSeconds(15)));
        simulation.Backends.Add(new("b"));
        simulation.Backends.Add(new("c"));
        var report = simulation.Run();
        output.WriteLine(report.ToString());
        Assert.Equal(0, report.Failures);
        Assert.InRange(report.Retries, 1, 100);
        Assert.InRange(report["a"].Share, 0.09, 1 / 6.0); // a third of half of the time, less what passes before a trial finds it back
        Assert.Equal(report["b"].Share, report["c"].Share, 0.01);
    }

    [Fact]
    public void AllOverloaded_BudgetKeepsRetriesFew()
    {
        var simulation = new PolicySimulation
        {
            Requests = 20_000, Arrivals = Arrivals.Poisson(200),
            ConfigureCluster = c => c.Resilience = new() { Retry = new() { RetryStatusCodes = [503] } },
        };
        foreach (var name in (string[])["a", "b", "c", "d"]) simulation.Backends.Add(new(name) { FailurePercent = 100, FailureKind = BackendFailure.ServiceUnavailable });
        var report = simulation.Run();
        output.WriteLine(report.ToString());
        Assert.True(report.Retries <= 0.05 * report.Requests, $"{report.Retries} retries.");
        Assert.True(report.RetriesRefused > 0);
        Assert.Equal(20_000, report.Failures);
    }

    [Fact]
    public void AttemptTimeout_HangingServer_IsEndedAndRetriedElsewhere()
    {
        var simulation = new PolicySimulation
        {
            PolicyName = "RoundRobin", Requests = 1000, Arrivals = Arrivals.Constant(100),
            ConfigureCluster = c => c.Resilience = new() { AttemptTimeout = TimeSpan.FromMilliseconds(100) },
        };
        simulation.Backends.Add(new SimulatedBackend("a").SlowAt(TimeSpan.FromSeconds(9), 1000));
        foreach (var name in (string[])["b", "c", "d"]) simulation.Backends.Add(new(name));
        var report = simulation.Run();
        Assert.Equal(0, report.Failures);
        Assert.InRange(report.Retries, 25, 34); // a quarter of the last hundred; retries move the turns on
        Assert.Equal(110, report.Latency.Max.TotalMilliseconds, 1.0);
    }

    [Fact]
    public void SameSeed_SameReport_AnotherSeedAnother()
    {
        PolicySimulation Of(int seed)
        {
            var simulation = new PolicySimulation { Seed = seed, Arrivals = Arrivals.Bursts(50, 500, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1)) };
            for (var i = 0; i < 5; i++) simulation.Backends.Add(new($"s{i}") { ServiceTime = Draw.LogNormal(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)), Concurrency = 2, FailurePercent = 1 });
            return simulation;
        }

        Assert.Equal(Of(1).Run().ToString(), Of(1).Run().ToString());
        Assert.NotEqual(Of(1).Run().ToString(), Of(2).Run().ToString());
    }

    [Fact]
    public void Ramp_HasTheRequestsOfItsArea()
    {
        var simulation = new PolicySimulation { Requests = 55_000, Arrivals = Arrivals.Ramp(100, 1000, TimeSpan.FromSeconds(100)) };
        simulation.Backends.Add(new("a"));
        Assert.InRange(simulation.Run().Duration.TotalSeconds, 98, 102);
    }

    [Fact]
    public void PolicyOfOnesOwn_IsSimulatedLikeAnyOther()
    {
        var simulation = new PolicySimulation { Policy = _ => new LastPolicy(), Requests = 100 };
        foreach (var name in (string[])["a", "b", "c"]) simulation.Backends.Add(new(name));
        Assert.Equal(100, simulation.Run()["c"].Attempts);
    }

    [Fact]
    public void WrongDescription_IsRefusedByName()
    {
        var simulation = new PolicySimulation { PolicyName = "Nobody" };
        simulation.Backends.Add(new("a"));
        Assert.Contains("Nobody", Assert.ThrowsAny<Exception>(() => simulation.Run()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new PolicySimulation().Run());
    }

    [Fact]
    public void FiveThousandBackends_AMillionRequests_TakeSeconds()
    {
        var simulation = new PolicySimulation { Requests = 1_000_000, Arrivals = Arrivals.Poisson(100_000) };
        for (var i = 0; i < 5000; i++) simulation.Backends.Add(new($"s{i:0000}") { ServiceTime = Draw.Exponential(TimeSpan.FromMilliseconds(30)), Concurrency = 4 });
        var started = TimeProvider.System.GetTimestamp();
        var report = simulation.Run();
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"{took.TotalSeconds:f1} s{Environment.NewLine}{report}");
        Assert.Equal((1_000_000, 0), (report.Attempts, report.Failures));
        Assert.True(report.Backends.Max(b => b.Attempts) < 2 * 200, "Nobody gets twice its part.");
        Assert.True(took < TimeSpan.FromSeconds(60), $"It took {took}."); // a few seconds on an idle machine
    }

    private sealed class LastPolicy : ILoadBalancingPolicy
    {
        public Destination? Pick(in BalancingContext context) => context.Candidates[^1];
    }
}
