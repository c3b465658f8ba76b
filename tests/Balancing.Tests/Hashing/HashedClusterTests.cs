using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Hashing;

/// <summary>Keys in a live cluster: reloads, and destinations on their way out and back.</summary>
public sealed class HashedClusterTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ClusterRegistry _registry;

    public HashedClusterTests() =>
        _registry = new ClusterRegistry(new LoadBalancingPolicyCatalog(Moq.Mock.Of<IServiceProvider>(), new SeededRandomSource(1), [], _time), time: _time);

    public void Dispose() => _registry.Dispose();

    public static TheoryData<string> Policies => [.. HashingRules.Policies];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Reload_SettingsStay_KeepsThePolicy(string name)
    {
        var cluster = Apply(name, new HashingOptions { Key = [new() { Source = HashKeySource.Path }] });
        var policy = cluster.Snapshot.Policy;
        Apply(name, new HashingOptions { Key = [new() { Source = HashKeySource.Path }] });
        Assert.Same(policy, cluster.Snapshot.Policy);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Reload_OtherKey_CountsFromThenOn(string name)
    {
        var cluster = Apply(name, new HashingOptions { Key = [new() { Source = HashKeySource.Path }] });
        using var request = new RoutedRequestMessage { PathAndQuery = "/red?user=0" };
        var byPath = cluster.Snapshot.Pick(request);
        Apply(name, new HashingOptions { Key = [new() { Source = HashKeySource.QueryParameter, Name = "user" }] });
        var byUser = Enumerable.Range(0, 50).Select(i =>
        {
            using var other = new RoutedRequestMessage { PathAndQuery = $"/red?user={i}" };
            return cluster.Snapshot.Pick(other)!;
        }).Distinct().Count();
        Assert.Equal(5, byUser);
        Apply(name, new HashingOptions { Key = [new() { Source = HashKeySource.Path }] });
        Assert.Same(byPath, cluster.Snapshot.Pick(request));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Update_OneGoesAndRampsUpAgain_EveryKeyIsBackAtTheEnd(string name)
    {
        var cluster = Apply(name, new HashingOptions { Key = [new() { Source = HashKeySource.Path }] });
        var destination = cluster.Snapshot.Destinations[2];
        var before = Homes(cluster);
        cluster.Update(destination, "down", s => s with { Active = DestinationHealth.Unhealthy });
        var without = Homes(cluster);
        Assert.DoesNotContain(destination.Id, without);
        var last = without;
        for (var step = 1; step <= 10; step++)
        {
            cluster.Update(destination, "up", s => s with { Active = DestinationHealth.Healthy, Ramp = step / 10.0 });
            var now = Homes(cluster);
            var needless = last.Zip(now).Count(m => m.First != m.Second && m.Second != destination.Id);
            Assert.InRange(needless, 0, name == LoadBalancingPolicyNames.Maglev ? 20 : 0);
            last = now;
        }

        Assert.Equal(before, last);
    }

    [Fact]
    public void Apply_RingOfGreatWeights_StaysInBounds()
    {
        var cluster = Apply("RingHash", new HashingOptions(), weight: 65_535);
        Assert.Equal(5, Homes(cluster, i => new RoutedRequestMessage { HashKey = $"user-{i}" }).Distinct(StringComparer.Ordinal).Count());
    }

    private static string[] Homes(Cluster cluster, Func<int, RoutedRequestMessage>? request = null) =>
        [.. Enumerable.Range(0, 3000).Select(i => cluster.Snapshot.Pick(request?.Invoke(i) ?? new RoutedRequestMessage { PathAndQuery = $"/{i}" })!.Id)];

    private Cluster Apply(string policy, HashingOptions hashing, int weight = 1)
    {
        var options = new ClusterOptions { ClusterId = "c", LoadBalancingPolicy = policy, Hashing = hashing };
        for (var i = 0; i < 5; i++) options.Destinations[$"server-{i}"] = new() { Address = $"http://10.0.0.{i}/", Weight = weight };
        _registry.Apply(this, [options]);
        return _registry.TryGet("c", out var cluster) ? cluster : throw new InvalidOperationException();
    }
}
