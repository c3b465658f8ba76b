using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Attempts;

/// <summary>Whom an attempt goes to when there is more to it than what the policy says.</summary>
public sealed class AttemptChoiceTests
{
    [Theory]
    [InlineData(LoadBalancingPolicyNames.FirstAlphabetical)]
    [InlineData(LoadBalancingPolicyNames.LeastRequests)]
    [InlineData(LoadBalancingPolicyNames.PowerOfTwoChoices)]
    [InlineData(LoadBalancingPolicyNames.Random)]
    [InlineData(LoadBalancingPolicyNames.RoundRobin)]
    public void Pick_SomeExcluded_TakesOneOfTheOthersAndAllocatesNothing(string policy)
    {
        var snapshot = Create(new Gate(), policy, 5, 1, 1, 3).Snapshot;
        using var request = new HttpRequestMessage();
        Destination[] excluded = [snapshot.Destinations[0], snapshot.Destinations[3]];
        for (var i = 0; i < 200; i++) Assert.Contains(snapshot.Pick(request, excluded)!.Id, (string[])["b", "c"]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) snapshot.Pick(request, excluded);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(snapshot.Pick(request, [.. snapshot.Destinations]));
    }

    [Fact]
    public void Pick_PolicyThatCannotSkip_IsOfferedASmallerSet()
    {
        var destinations = new[] { TestDestinations.Named("a"), TestDestinations.Named("b"), TestDestinations.Named("c") };
        var set = new DestinationSet([.. destinations.Select(d => KeyValuePair.Create(d, 1.0))]);
        var snapshot = new ClusterSnapshot(new ClusterOptions(), destinations, set, new LastPolicy());
        using var request = new HttpRequestMessage();
        Assert.Equal("c", snapshot.Pick(request)!.Id);
        Assert.Equal("b", snapshot.Pick(request, [destinations[2]])!.Id);
        Assert.Equal("a", snapshot.Pick(request, [destinations[2], destinations[1]])!.Id);
        Assert.Null(snapshot.Pick(request, destinations));
    }

    [Fact]
    public async Task SendAsync_GateSaysNo_GoesToAnother()
    {
        var gate = new Gate("a", "b");
        Assert.Equal("c", await SendAsync(Create(gate, LoadBalancingPolicyNames.FirstAlphabetical, 1, 1, 1)));
        Assert.Equal(["a", "b", "c"], gate.Asked);
    }

    [Fact]
    public async Task SendAsync_GateSaysNoToAll_HasNoDestination() =>
        await Assert.ThrowsAsync<NoDestinationException>(() => SendAsync(Create(new Gate("a", "b"), LoadBalancingPolicyNames.RoundRobin, 1, 1)));

    [Fact]
    public async Task SendAsync_PolicyThatInsistsOnWhoIsRefused_EndsAllTheSame()
    {
        var services = new ServiceCollection();
        services.AddNet2LoadBalancingPolicy<LastPolicy>("Last");
        await Assert.ThrowsAsync<NoDestinationException>(() => SendAsync(Create(new Gate("a", "b", "c"), "Last", services, 1, 1, 1)));
    }

    [Fact]
    public async Task SendAsync_Pinned_GoesThereWhateverThePolicySays()
    {
        var cluster = Create(new Gate(), LoadBalancingPolicyNames.FirstAlphabetical, 1, 1, 0);
        Assert.Equal("c", await SendAsync(cluster, r => r.Pinned = cluster.Snapshot.Destinations[2]));
    }

    [Fact]
    public async Task SendAsync_PinnedIsUnhealthyOrExcludedOrRefused_GoesElsewhereUnlessNobodyElseWillDo()
    {
        var gate = new Gate();
        var cluster = Create(gate, LoadBalancingPolicyNames.FirstAlphabetical, 1, 1, 1);
        var pinned = cluster.Snapshot.Destinations[2];
        gate.Refused.Add("c");
        Assert.Equal("a", await SendAsync(cluster, r => r.Pinned = pinned));
        gate.Refused.Clear();
        cluster.Update(pinned, "probe failed", s => s with { Active = DestinationHealth.Unhealthy });
        Assert.Equal("a", await SendAsync(cluster, r => r.Pinned = pinned));
        await Assert.ThrowsAsync<NoDestinationException>(() => SendAsync(cluster, r => (r.Pinned, r.PinnedOnly) = (pinned, true)));
        cluster.Update(pinned, "probe answered", s => s with { Active = DestinationHealth.Healthy });
        Assert.Equal("a", await SendAsync(
            cluster,
            r =>
            {
                r.Pinned = pinned;
                r.Exclude(pinned);
            }));
    }

    [Fact]
    public async Task SendAsync_ClusterIsStarting_WaitsAndChoosesByWhatIsKnownThen()
    {
        var cluster = Create(new Gate(), LoadBalancingPolicyNames.FirstAlphabetical, 1, 1, 1);
        var started = new TaskCompletionSource();
        cluster.HoldUntil(started.Task);
        var sending = SendAsync(cluster);
        Assert.False(sending.IsCompleted);
        cluster.Update(cluster.Snapshot.Destinations[0], "probe failed", s => s with { Active = DestinationHealth.Unhealthy });
        started.SetResult();
        Assert.Equal("b", await sending);
    }

    [Fact]
    public async Task SendAsync_CallerGivesUpWhileTheClusterIsStarting_EndsAtOnce()
    {
        var cluster = Create(new Gate(), LoadBalancingPolicyNames.FirstAlphabetical, 1, 1);
        cluster.HoldUntil(new TaskCompletionSource().Task);
        using var invoker = new HttpMessageInvoker(new BalancingHandler(new ClusterReference(cluster)) { InnerHandler = new Answering() });
        using var caller = new CancellationTokenSource();
        var sending = invoker.SendAsync(new RoutedRequestMessage(), caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private static async Task<string> SendAsync(Cluster cluster, Action<RequestRouting>? route = null)
    {
        using var invoker = new HttpMessageInvoker(new BalancingHandler(new ClusterReference(cluster)) { InnerHandler = new Answering() });
        using var request = new RoutedRequestMessage();
        route?.Invoke(RequestRouting.GetOrCreate(request));
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        return request.Destination!.Id;
    }

    private static Cluster Create(Gate gate, string policy, params int[] weights) => Create(gate, policy, new ServiceCollection(), weights);

    private static Cluster Create(Gate gate, string policy, ServiceCollection services, params int[] weights)
    {
        services.AddNet2Balancing().AddCluster("shop", cluster =>
        {
            cluster.LoadBalancingPolicy = policy;
            for (var i = 0; i < weights.Length; i++)
                cluster.Destinations[((char)('a' + i)).ToString()] = new() { Address = $"http://10.0.0.{i + 1}/", Weight = weights[i] };
        });
        services.AddSingleton<IClusterFeatureFactory>(gate);
        return services.BuildServiceProvider().GetRequiredService<IClusterRegistry>().Clusters.Single();
    }

    private sealed class LastPolicy : ILoadBalancingPolicy
    {
        public Destination? Pick(in BalancingContext context) => context.Candidates[^1];
    }

    private sealed class Gate(params string[] refused) : IClusterFeatureFactory, IClusterFeature, IAttemptGate
    {
        public HashSet<string> Refused { get; } = [.. refused];

        public List<string> Asked { get; } = [];

        public IClusterFeature Create(Cluster cluster) => this;

        public void Configure(ClusterSnapshot snapshot)
        {
        }

        public bool Admits(Destination destination, HttpRequestMessage request)
        {
            Asked.Add(destination.Id);
            return !Refused.Contains(destination.Id);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Answering : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
    }
}
