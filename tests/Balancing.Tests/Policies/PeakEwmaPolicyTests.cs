using System.Net;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class PeakEwmaPolicyTests : LoadBalancingPolicyContract
{
    private readonly ManualTimeProvider _time = new();

    protected override ILoadBalancingPolicy Create() => Policy(7);

    [Theory]
    [InlineData(new double[] { 1, 1, 1 })]
    [InlineData(new double[] { 1, 2, 5 })]
    public void Pick_NothingKnownOrAllEquallyFast_FitsTheWeights(double[] weights)
    {
        var (policy, set) = (Policy(1), TestDestinations.Weighted(weights));
        ChiSquare.AssertFits(policy.Counts(set, 60_000), weights);
        foreach (var destination in set) Answer(policy, destination, 0.01);
        ChiSquare.AssertFits(policy.Counts(set, 60_000), weights);
    }

    [Fact]
    public void Pick_TwoDestinations_TakesTheFasterOne()
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        Answer(policy, set[0], 0.02);
        Answer(policy, set[1], 0.01);
        Assert.Equal([0, 300], policy.Counts(set, 300));
    }

    [Fact]
    public void Pick_FasterOneIsBusier_WeighsLatencyAgainstLoad()
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        Answer(policy, set[0], 0.025);
        Answer(policy, set[1], 0.01);
        set[1].Busy(1); // 0.01 × 2 < 0.025 × 1
        Assert.Equal([0, 300], policy.Counts(set, 300));
        set[1].Busy(1); // 0.01 × 3 > 0.025 × 1
        Assert.Equal([300, 0], policy.Counts(set, 300));
    }

    [Fact]
    public void Pick_LoadsOfUnequalWeights_AreComparedPerWeight()
    {
        var (policy, set) = (Policy(2), TestDestinations.Weighted(300, 100));
        foreach (var destination in set) Answer(policy, destination, 0.01);
        set[0].Busy(3);
        set[1].Busy(2); // 3 ÷ 300 < 2 ÷ 100
        Assert.Equal([300, 0], policy.Counts(set, 300));
    }

    [Fact]
    public void Pick_OneWithoutMeasurement_IsTakenUntilItHasOneRequestAndThenPassedOver()
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        Answer(policy, set[0], 0.001);
        Assert.Equal("b", policy.Picks(set, 1));
        set[1].Busy(1);
        Assert.Equal([300, 0], policy.Counts(set, 300));
    }

    [Fact]
    public void Pick_NothingKnownAndSomeBusy_TakesTheLessBusy()
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        set[0].Busy(2);
        set[1].Busy(1);
        Assert.Equal([0, 300], policy.Counts(set, 300));
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("500")]
    public void Pick_OneFailsAtOnce_DoesNotLookFast(string how)
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        Answer(policy, set[0], 0.2);
        if (how == "500") Answer(policy, set[1], 0.0001, HttpStatusCode.InternalServerError);
        else Fail(policy, set[1], 0.0001, FailureSide.Destination);
        Assert.Equal([300, 0], policy.Counts(set, 300));
    }

    [Fact]
    public void Pick_CallerGivesUp_CountsForWhatItHasWaitedAtLeast()
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        foreach (var destination in set) Answer(policy, destination, 0.01);
        Fail(policy, set[0], 0.001, FailureSide.Client); // says nothing
        Fail(policy, set[1], 0.5, FailureSide.Client); // at least this slow
        Assert.Equal([300, 0], policy.Counts(set, 300));
    }

    [Theory]
    [InlineData(FailureSide.Destination, 1.0)]
    [InlineData(FailureSide.Client, 0.01)]
    public void Pick_LongAnswerIsCutShort_DoesNotCountForItsLength(FailureSide side, double latency)
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        Answer(policy, set[0], 0.01);
        Fail(policy, set[0], 60, side, SentState.AnswerBegun);
        Assert.Equal(latency, set[0].Latency.Read(_time.GetTimestamp(), TimeSpan.FromSeconds(10), _time), 1e-9);
    }

    [Fact]
    public void Pick_FailureOfTheProxy_SaysNothing()
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        foreach (var destination in set) Answer(policy, destination, 0.01);
        Fail(policy, set[1], 9, FailureSide.Proxy);
        Assert.Equal(0.01, set[1].Latency.Read(_time.GetTimestamp(), TimeSpan.FromSeconds(10), _time), 1e-9);
    }

    [Fact]
    public void Pick_OneWasSlow_IsTriedAgainWhenItHasFaded()
    {
        var (policy, set) = (Policy(2), TestDestinations.Equal(2));
        Answer(policy, set[1], 1);
        for (var second = 0; second < 40; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Answer(policy, set[0], 0.01);
        }

        Assert.Equal([300, 0], policy.Counts(set, 300)); // 1 s × e^-4 is 18 ms
        _time.Advance(TimeSpan.FromSeconds(8));
        Answer(policy, set[0], 0.01);
        Assert.Equal([0, 300], policy.Counts(set, 300)); // 1 s × e^-4.8 is 8 ms
    }

    [Fact]
    public void Reload_OtherDecayTime_KeepsWhatWasMeasured()
    {
        var registry = new ClusterRegistry(new LoadBalancingPolicyCatalog(Moq.Mock.Of<IServiceProvider>(), new SeededRandomSource(1), [], _time), time: _time);
        var owner = new object();
        registry.Apply(owner, [Cluster(10)]);
        Assert.True(registry.TryGet("c", out var cluster));
        var (before, destination) = (cluster.Snapshot.Policy, cluster.Snapshot.Destinations[0]);
        Assert.Same(before, Assert.Single(cluster.Observers));
        Answer((PeakEwmaPolicy)before, destination, 0.5);
        registry.Apply(owner, [Cluster(10)]);
        Assert.Same(before, cluster.Snapshot.Policy);
        registry.Apply(owner, [Cluster(20)]);
        Assert.NotSame(before, cluster.Snapshot.Policy);
        Assert.Same(cluster.Snapshot.Policy, Assert.Single(cluster.Observers));
        Assert.True(cluster.Snapshot.Destinations[0].Latency.IsKnown);
        registry.Apply(owner, [new() { ClusterId = "c" }]);
        Assert.Empty(cluster.Observers);

        static ClusterOptions Cluster(int seconds) => new()
        {
            ClusterId = "c",
            LoadBalancingPolicy = "PeakEwma",
            PeakEwma = new() { DecayTime = TimeSpan.FromSeconds(seconds) },
            Destinations = { ["a"] = new() { Address = "http://a/" }, ["b"] = new() { Address = "http://b/" } },
        };
    }

    [Fact]
    public async Task Send_ThroughAClient_MeasuresEachDestination()
    {
        var registry = new ClusterRegistry(new LoadBalancingPolicyCatalog(Moq.Mock.Of<IServiceProvider>(), new SeededRandomSource(1), [], _time), time: _time);
        registry.Apply(this, [new() { ClusterId = "c", LoadBalancingPolicy = "PeakEwma", Destinations = { ["a"] = new() { Address = "http://a/" }, ["b"] = new() { Address = "http://b/" } } }]);
        Assert.True(registry.TryGet("c", out var cluster));
        var handlers = AttemptPipeline.Create(new ClusterReference(registry, "c"));
        handlers[^1].InnerHandler = new Servers(_time);
        for (var i = 0; i + 1 < handlers.Length; i++) handlers[i].InnerHandler = handlers[i + 1];
        using var client = new HttpClient(handlers[0]) { BaseAddress = new Uri("http://c/") };
        var counts = new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 0, ["b"] = 0 };
        for (var i = 0; i < 50; i++) counts[await client.GetStringAsync("/")]++;
        Assert.Equal(1, counts["a"]);
        Assert.Equal(0.3, cluster.Snapshot.Destinations[0].Latency.Read(0, TimeSpan.FromSeconds(10), _time), 1e-6);
    }

    private PeakEwmaPolicy Policy(int seed) => new(TimeSpan.FromSeconds(10), new SeededRandomSource(seed), _time);

    private static void Answer(PeakEwmaPolicy policy, Destination destination, double seconds, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage();
        using var response = new HttpResponseMessage(status);
        policy.OnEnded(new AttemptOutcome(destination, request, response, null, TimeSpan.FromSeconds(seconds)));
    }

    private static void Fail(PeakEwmaPolicy policy, Destination destination, double seconds, FailureSide side, SentState sent = SentState.NotConnected)
    {
        using var request = new HttpRequestMessage();
        policy.OnEnded(new AttemptOutcome(destination, request, null, new AttemptFailure(AttemptFailureKinds.ConnectionRefused, side, sent), TimeSpan.FromSeconds(seconds)));
    }

    /// <summary>Answers with the name of the host: "a" after 300 ms, others after 2 ms.</summary>
    private sealed class Servers(ManualTimeProvider time) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            time.Advance(TimeSpan.FromMilliseconds(request.RequestUri!.Host == "a" ? 300 : 2));
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(request.RequestUri.Host) });
        }
    }
}
