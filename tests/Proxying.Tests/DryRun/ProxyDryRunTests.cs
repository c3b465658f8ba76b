using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.DryRun;

public sealed class ProxyDryRunTests
{
    private const string Shop = """
        { "Net2Proxy": {
            "Routes": {
              "shop": { "ClusterId": "shop", "Match": { "Hosts": [ "shop.example" ], "Path": "/{**rest}" } },
              "item": { "ClusterId": "shop", "Match": { "Path": "/items/{id:int}", "Methods": [ "POST" ], "Headers": [ { "Name": "X-Beta", "Values": [ "1" ] } ] } } },
            "Clusters": {
              "shop": { "LoadBalancingPolicy": "RoundRobin", "Destinations": { "a": { "Address": "http://10.0.0.1/" }, "b": { "Address": "http://10.0.0.2/", "Weight": 3 } } },
              "spare": { "Destinations": { "s": { "Address": "http://10.0.0.9/" } } } } } }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Run_SameText_ChangesNothingAndReachesEveryRoute()
    {
        var report = await RunAsync(Shop, Shop);
        Assert.True(report.IsValid);
        Assert.False(report.HasChanges);
        Assert.Empty(report.RoutesNotReached);
        Assert.Contains(report.Requests, static r => r is { Method: "POST", Before.RouteId: "item" } && r.Url.AbsolutePath == "/items/1");
    }

    [Fact]
    public async Task Run_Flag_IsNoChangeByTheSpellingOfItsSource()
    {
        // What serves was read by the platform, which spells it True.
        var live = Shop.Replace("\"spare\": {", "\"spare\": { \"HttpClient\": { \"EnableMultipleHttp2Connections\": true },", StringComparison.Ordinal);
        Assert.False((await RunAsync(live, live)).HasChanges);
        var other = Assert.Single((await RunAsync(live, live.Replace("true", "false", StringComparison.Ordinal))).Clusters);
        Assert.Equal("HttpClient:EnableMultipleHttp2Connections", Assert.Single(other.Settings).Path);
    }

    [Fact]
    public async Task Run_RouteAddedRemovedChanged_NamesEachWithItsSettings()
    {
        var report = await RunAsync(Shop, Shop
            .Replace("\"item\": {", "\"thing\": {", StringComparison.Ordinal)
            .Replace("\"Path\": \"/{**rest}\"", "\"Path\": \"/a/{**rest}\"", StringComparison.Ordinal));
        Assert.Equal(
            ["item Removed", "shop Changed Match:Path Changed", "thing Added"],
            report.Routes.Select(static r => $"{r.RouteId} {r.Change} {string.Join(' ', r.Settings.Select(static s => $"{s.Path} {s.Change}"))}".TrimEnd()).Order(StringComparer.Ordinal));
        Assert.Empty(report.Clusters);
    }

    [Fact]
    public async Task Run_RouteThatTakesAnothersRequests_TellsWhichMove()
    {
        var candidate = Shop.Replace("\"item\": {", "\"deals\": { \"ClusterId\": \"spare\", \"Match\": { \"Hosts\": [ \"shop.example\" ], \"Path\": \"/deals/{**rest}\" } }, \"item\": {", StringComparison.Ordinal);
        var options = new DryRunOptions { Requests = [new("GET", new Uri("http://shop.example/deals/1")), new("GET", new Uri("http://shop.example/other"))] };
        var report = await RunAsync(Shop, candidate, options);
        var moved = Assert.Single(report.Requests, static r => r is { Origin: DryRunOrigin.Asked, Moves: true });
        Assert.Equal(("/deals/1", "shop", "shop", "deals", "spare"), (moved.Url.AbsolutePath, moved.Before.RouteId, moved.Before.ClusterId, moved.After.RouteId, moved.After.ClusterId));
        Assert.Contains(report.Requests, static r => r is { Origin: DryRunOrigin.Asked, Moves: false });
        Assert.Contains(report.Requests, static r => r is { Origin: DryRunOrigin.Route, Moves: true, After.RouteId: "deals" });
    }

    [Fact]
    public async Task Run_RouteThatGoes_ItsRequestsEndIn404()
    {
        var report = await RunAsync(Shop, Shop.Replace("\"Hosts\": [ \"shop.example\" ]", "\"Hosts\": [ \"www.example\" ]", StringComparison.Ordinal));
        Assert.Contains(report.Requests, static r => r.Url.Host == "shop.example" && r.Moves && r.After.RouteId is null);
        Assert.Contains(report.Requests, static r => r.Url.Host == "www.example" && r.Moves && r.Before.RouteId is null);
    }

    [Fact]
    public async Task Run_DestinationsAddedRemovedReweighted_TellsSharesBeforeAndAfter()
    {
        var report = await RunAsync(Shop, Shop
            .Replace("\"a\": { \"Address\": \"http://10.0.0.1/\" }", "\"c\": { \"Address\": \"http://10.0.0.3/\" }", StringComparison.Ordinal)
            .Replace("\"Weight\": 3", "\"Weight\": 1", StringComparison.Ordinal));
        var cluster = Assert.Single(report.Clusters);
        Assert.Equal(("shop", DryRunChange.Changed, null), (cluster.ClusterId, cluster.Change, cluster.KeysMoved));
        Assert.Equal(
            [("a", DryRunChange.Removed, 0.25, 0.0), ("b", DryRunChange.Reweighted, 0.75, 0.5), ("c", DryRunChange.Added, 0.0, 0.5)],
            cluster.Destinations.Select(static d => (d.Id, d.Change, d.ShareBefore, d.ShareAfter)));
        Assert.DoesNotContain(report.Requests, static r => r.Moves);
    }

    [Theory]
    [InlineData("RingHash", 0.03)]
    [InlineData("Rendezvous", 0.03)]
    [InlineData("Maglev", 0.06)]
    public async Task Run_OneOfTenGoesFromHashedCluster_AboutATenthOfKeysMoves(string policy, double tolerance)
    {
        var report = await RunAsync(Hashed(policy, 10), Hashed(policy, 9));
        var cluster = Assert.Single(report.Clusters);
        Assert.Equal(4096, cluster.Keys);
        Assert.InRange(cluster.KeysMoved!.Value, 0.1 - tolerance, 0.1 + tolerance);
        Assert.Equal(1, cluster.Destinations.Sum(static d => d.ShareAfter), 6);
        // Not fewer than those of the one that goes, all of which have to.
        Assert.True(cluster.KeysMoved >= cluster.Destinations.Single(static d => d.Change == DryRunChange.Removed).ShareBefore);
    }

    [Fact]
    public async Task Run_ClusterKeptByClientAddress_TellsShareOfClientsThatMove()
    {
        var report = await RunAsync(Kept(4), Kept(3));
        Assert.InRange(Assert.Single(report.Clusters).KeysMoved!.Value, 0.2, 0.3);
    }

    [Theory]
    [InlineData("""{ "Source": "ClientAddress" }""", """{ "Source": "Path" }""")]
    [InlineData("""{ "Source": "Header", "Name": "X-Tenant" }""", """{ "Source": "Header", "Name": "X-User" }""")]
    [InlineData("""{ "Source": "Cookie", "Name": "a" }""", """{ "Source": "QueryParameter", "Name": "a2" }""")]
    public async Task Run_HashedByAnotherKey_NearlyAllKeysMove(string before, string after)
    {
        var report = await RunAsync(HashedBy(before), HashedBy(after));
        Assert.InRange(Assert.Single(report.Clusters).KeysMoved!.Value, 0.85, 0.95);

        static string HashedBy(string key) => Cluster($$"""  "Hashing": { "Key": [ {{key}} ] }, "LoadBalancingPolicy": "Maglev" """, 10);
    }

    [Fact]
    public async Task Run_DestinationOrderedOut_IsOutAfterwardsToo()
    {
        await using var proxy = ConfiguredProxy.FromJson(Shop);
        Assert.True(proxy.App.Services.GetRequiredService<IDestinationControl>().Force("shop", "b", DestinationOverride.Unhealthy, "by a test"));
        var report = await RunAsync(proxy, Shop.Replace("\"Weight\": 3", "\"Weight\": 9", StringComparison.Ordinal));
        var destination = Assert.Single(report.Clusters).Destinations.Single(static d => d.Id == "b");
        Assert.Equal((0.0, 0.0), (destination.ShareBefore, destination.ShareAfter));
    }

    [Fact]
    public async Task Run_WrongCandidate_TellsTheErrorsOfARealLoad()
    {
        var wrong = Shop
            .Replace("RoundRobin", "RoundRobbin", StringComparison.Ordinal)
            .Replace("\"ClusterId\": \"shop\"", "\"ClusterId\": \"shopp\"", StringComparison.Ordinal);
        var report = await RunAsync(Shop, wrong);
        // Sections of an application come sorted by their keys, a file in its own order.
        Assert.Equal(ConfiguredProxy.ErrorsOf(wrong).Select(static e => e.ToString()).Order(StringComparer.Ordinal), report.Errors.Select(static e => e.ToString()).Order(StringComparer.Ordinal));
        Assert.Empty(report.Routes);
    }

    [Theory]
    [InlineData("{ nonsense", "the file is not JSON")]
    [InlineData("{ }", "has no \"Net2Proxy\"")]
    public async Task Run_NoConfiguration_SaysSo(string candidate, string expected)
    {
        var error = Assert.Single((await RunAsync(Shop, candidate)).Errors);
        Assert.Equal("candidate", error.Path);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TooLarge_IsRefusedByTheLimit() =>
        Assert.Contains("4194304", Assert.Single((await RunAsync(Shop, new string(' ', 4 * 1024 * 1024 + 1))).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Run_Section_IsTakenAsTheCandidate()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Routes:new:ClusterId", "c"), new("Routes:new:Match:Path", "/"), new("Clusters:c:Destinations:d:Address", "http://10.0.0.1/")]).Build();
        await using var proxy = ConfiguredProxy.FromJson(Shop);
        var report = await DryRunOf(proxy).RunAsync(configuration).WaitAsync(Patience);
        Assert.Equal(["item", "new", "shop"], report.Routes.Select(static r => r.RouteId).Order(StringComparer.Ordinal));
        Assert.Equal(["c", "shop", "spare"], report.Clusters.Select(static c => c.ClusterId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Run_SecretOfTheCandidate_IsNotInTheReport()
    {
        const string Secret = "a-secret-of-thirty-two-characters";
        var candidate = Shop.Replace("\"LoadBalancingPolicy\"", $$"""  "SessionAffinity": { "Enabled": true, "AffinityKeyName": "k", "Keys": [ "{{Secret}}" ] }, "LoadBalancingPolicy" """, StringComparison.Ordinal);
        var report = await RunAsync(Shop, candidate);
        Assert.Contains(Assert.Single(report.Clusters).Settings, static s => s.Path == "SessionAffinity");
        Assert.DoesNotContain(Secret, report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhileAnotherRuns_IsRefused()
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        await using var proxy = ConfiguredProxy.FromJson(Shop);
        var slow = new Mock<IConfiguration>(MockBehavior.Strict);
        // A section that waits while it is read holds the first one up.
        slow.Setup(static s => s.GetChildren()).Returns(() =>
        {
            entered.Set();
            gate.Wait(Patience);
            return [];
        });
        var first = DryRunOf(proxy).RunAsync(slow.Object);
        Assert.True(entered.Wait(Patience));
        await Assert.ThrowsAsync<DryRunBusyException>(() => DryRunOf(proxy).RunAsync(Shop));
        gate.Set();
        await first.WaitAsync(Patience);
        Assert.True((await RunAsync(proxy, Shop)).IsValid);
    }

    [Fact]
    public async Task Run_AnyCandidate_TouchesNothingThatServes()
    {
        await using var proxy = ConfiguredProxy.FromJson(Hashed("RingHash", 4));
        var registry = proxy.App.Services.GetRequiredService<IClusterRegistry>();
        Assert.True(registry.TryGet("c", out var cluster));
        var (snapshot, features, endpoints, log) = (cluster.Snapshot, cluster.Features, proxy.Inspector.Routes, proxy.Log.Messages.Count);
        var counted = 0;
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name.StartsWith("Net2Secure", StringComparison.Ordinal) && !instrument.Meter.Name.EndsWith(".Unheard", StringComparison.Ordinal) && !instrument.IsObservable)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => Count(instrument));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => Count(instrument));
        listener.Start();
        var candidate = Hashed("RingHash", 3).Replace("\"LoadBalancingPolicy\"", "\"HealthCheck\": { \"Active\": { \"Enabled\": true } }, \"LoadBalancingPolicy\"", StringComparison.Ordinal);
        Assert.True((await RunAsync(proxy, candidate)).HasChanges);
        Assert.Same(snapshot, cluster.Snapshot);
        Assert.Same(features, cluster.Features);
        Assert.Same(endpoints, proxy.Inspector.Routes);
        Assert.Same(cluster, Assert.Single(registry.Clusters));
        Assert.All(cluster.Snapshot.Destinations, static d => Assert.Equal((0, null), (d.ConcurrentRequests, d.Traffic)));
        Assert.Equal(0, counted);
        Assert.Equal(log, proxy.Log.Messages.Count);

        // Meters are the process's: other tests count at the same time, but none with this application's factory.
        void Count(System.Diagnostics.Metrics.Instrument instrument)
        {
            if (ReferenceEquals(instrument.Meter.Scope, proxy.App.Services.GetService<System.Diagnostics.Metrics.IMeterFactory>())) Interlocked.Increment(ref counted);
        }
    }

    [Theory]
    [InlineData(99, 0)]
    [InlineData(4096, 1001)]
    public async Task Run_OptionOutOfRange_IsRefused(int keys, int recent)
    {
        await using var proxy = ConfiguredProxy.FromJson(Shop);
        await Assert.ThrowsAsync<ArgumentException>(() => DryRunOf(proxy).RunAsync(Shop, new DryRunOptions { Keys = keys, RecentRequests = recent }));
    }

    private static async Task<DryRunReport> RunAsync(string live, string candidate, DryRunOptions? options = null)
    {
        await using var proxy = ConfiguredProxy.FromJson(live);
        return await RunAsync(proxy, candidate, options);
    }

    private static Task<DryRunReport> RunAsync(ConfiguredProxy proxy, string candidate, DryRunOptions? options = null) => DryRunOf(proxy).RunAsync(candidate, options).WaitAsync(Patience);

    private static IProxyDryRun DryRunOf(ConfiguredProxy proxy) => proxy.App.Services.GetRequiredService<IProxyDryRun>();

    private static string Hashed(string policy, int destinations) => Cluster($"\"LoadBalancingPolicy\": \"{policy}\"", destinations);

    private static string Kept(int destinations) => Cluster("\"SessionAffinity\": { \"Enabled\": true, \"Policy\": \"ClientAddress\", \"AffinityKeyName\": \"k\" }", destinations);

    private static string Cluster(string settings, int destinations) => $$"""
        { "Net2Proxy": {
            "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" } } },
            "Clusters": { "c": { {{settings}}, "Destinations": { {{string.Join(", ", Enumerable.Range(1, destinations).Select(static i => $"\"d{i}\": {{ \"Address\": \"http://10.0.0.{i}/\" }}"))}} } } } } }
        """;
}
