using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>Several sources joined, sources of the user, and what happens when one of them misbehaves.</summary>
public sealed class SourcesTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Sources_OfAllKinds_AreJoined()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("proxy.json", """{ "Net2Proxy": { "Routes": { "file": { "ClusterId": "memory", "Match": { "Path": "/file" } } }, "Clusters": { "file": {} } } }""");
        var settings = new Dictionary<string, string?> { ["P:Routes:section:ClusterId"] = "code", ["P:Routes:section:Match:Path"] = "/section", ["P:Clusters:section:LoadBalancingPolicy"] = "Random" };
        var section = new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("P");
        await using var proxy = ConfiguredProxy.Create(p => p
            .LoadFromFile(file)
            .LoadFromConfig(section)
            .LoadFromMemory([Route("memory", "section")], [new() { ClusterId = "memory" }])
            .AddRoute("code", r => (r.ClusterId, r.Match.Path) = ("file", "/code"))
            .AddCluster("code", _ => { }));
        Assert.Equal(["code", "file", "memory", "section"], proxy.Inspector.Routes.Select(r => r.RouteId).Order());
        Assert.Equal(["code", "file", "memory", "section"], proxy.Inspector.Clusters.Select(c => c.ClusterId).Order());
    }

    [Fact]
    public void Sources_WithTheSameName_AreRefusedWithBothPlaces()
    {
        var settings = new Dictionary<string, string?> { ["P:Clusters:c:LoadBalancingPolicy"] = "Random", ["P:Routes:r:ClusterId"] = "c", ["P:Routes:r:Match:Path"] = "/x" };
        var section = new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("P");
        var errors = Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.Create(p => p
            .LoadFromConfig(section).AddCluster("C", _ => { }).AddRoute("R", r => (r.ClusterId, r.Match.Path) = ("c", "/")))).Errors;
        Assert.Equal(["Clusters:C", "Routes:R"], errors.Select(e => e.Path).Order());
        Assert.Contains("also as P:Clusters:c", errors.Single(e => e.Path == "Clusters:C").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_ThatBothSayHowToForward_AreRefused()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["P:Forwarding:Via"] = "a", ["Q:Forwarding:Via"] = "b" }).Build();
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.Create(p => p.LoadFromConfig(section.GetSection("P")).LoadFromConfig(section.GetSection("Q")))).Errors);
        Assert.Equal("Q:Forwarding", error.Path);
        Assert.Contains("P:Forwarding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DefaultSection_IsReadOnlyWhereNoSourceIsNamed()
    {
        const string Json = """{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" } } }, "Clusters": { "c": {} } } }""";
        await using var byDefault = ConfiguredProxy.FromJson(Json);
        Assert.Single(byDefault.Inspector.Routes);
        await using var besideCode = ConfiguredProxy.FromJson(Json, proxy: p => p.AddRoute("code", r => (r.ClusterId, r.Match.Path) = ("c", "/code")));
        Assert.Equal(2, besideCode.Inspector.Routes.Count);
        await using var named = ConfiguredProxy.FromJson(Json, proxy: p => p.LoadFromConfig(new ConfigurationBuilder().Build().GetSection("Other")));
        Assert.Empty(named.Inspector.Routes);
    }

    [Fact]
    public async Task CustomSource_PushesChanges_TheyServeAtOnce()
    {
        var source = new PushedSource();
        await using var proxy = Proxy(source);
        Assert.Null(await proxy.RouteOfAsync("http://x/a"));
        source.Push([Route("a", "c")], [Cluster("c")]);
        Assert.Equal("a", await proxy.RouteOfAsync("http://x/a"));
        source.Push([Route("b", "c")], [Cluster("c")]);
        Assert.Null(await proxy.RouteOfAsync("http://x/a"));
        Assert.Equal("b", await proxy.RouteOfAsync("http://x/b"));
    }

    [Fact]
    public async Task CustomSource_PushesSomethingInvalid_LastGoodServesAndTheNextOneIsTaken()
    {
        var source = new PushedSource();
        source.Push([Route("a", "c")], [Cluster("c")]);
        await using var proxy = Proxy(source);
        source.Push([Route("a", "nowhere")], [Cluster("c"), null!]);
        Assert.Equal("c", Assert.Single(proxy.Inspector.Routes).ClusterId);
        var refused = Assert.Single(proxy.Log.Messages, m => m.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains("Routes:a:ClusterId: 'nowhere' is not a cluster", refused, StringComparison.Ordinal);
        Assert.Contains("Clusters:1: has no ClusterId", refused, StringComparison.Ordinal);
        Assert.Contains("revision 1", refused, StringComparison.Ordinal);
        source.Push([Route("b", "c")], [Cluster("c")]);
        Assert.Equal("b", Assert.Single(proxy.Inspector.Routes).RouteId);
    }

    [Fact]
    public async Task CustomSource_ThatThrows_IsAskedAgainWithGrowingPauses()
    {
        var source = new PushedSource();
        source.Push([Route("a", "c")], [Cluster("c")]);
        await using var proxy = Proxy(source);
        source.Failure = new IOException("The database is away.");
        source.Push([Route("b", "c")], [Cluster("c")]);
        var asked = source.Asked;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(asked + 1, source.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(asked + 1, source.Asked);
        Assert.Equal("a", Assert.Single(proxy.Inspector.Routes).RouteId);
        source.Failure = null;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("b", Assert.Single(proxy.Inspector.Routes).RouteId);
        source.Push([Route("c", "c")], [Cluster("c")]);
        Assert.Equal("c", Assert.Single(proxy.Inspector.Routes).RouteId);
    }

    [Fact]
    public async Task CustomSource_ThatAnswersNothing_IsAFailureLikeAnyOther()
    {
        var source = new PushedSource();
        await using var proxy = Proxy(source);
        source.PushNothing();
        Assert.Contains(proxy.Log.Messages, m => m.StartsWith("Error", StringComparison.Ordinal) && m.Contains(nameof(PushedSource), StringComparison.Ordinal));
        source.Push([Route("a", "c")], [Cluster("c")]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(proxy.Inspector.Routes);
    }

    [Fact]
    public async Task CustomSource_ThatSignalsBeforeItSwaps_IsAskedAgainInsteadOfForEver()
    {
        var source = new PushedSource();
        source.Push([Route("a", "c")], [Cluster("c")]);
        await using var proxy = Proxy(source);
        source.SignalOnly();
        Assert.InRange(source.Asked, 2, 10);
        Assert.Contains(proxy.Log.Messages, m => m.Contains("fired already", StringComparison.Ordinal));
        source.Push([Route("b", "c")], [Cluster("c")]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Assert.Single(proxy.Inspector.Routes).RouteId);
    }

    [Fact]
    public async Task TwoSources_RouteBeforeItsCluster_IsTakenWhenTheClusterComes()
    {
        var (routes, clusters) = (new PushedSource(), new PushedSource());
        await using var proxy = Proxy(routes, clusters);
        routes.Push([Route("a", "late")], []);
        Assert.Empty(proxy.Inspector.Routes);
        clusters.Push([], [Cluster("late")]);
        Assert.Equal("a", Assert.Single(proxy.Inspector.Routes).RouteId);
    }

    [Fact]
    public async Task TwoSources_OneRefused_TheOtherStillReloads()
    {
        var (bad, good) = (new PushedSource(), new PushedSource());
        await using var proxy = Proxy(bad, good);
        bad.Push([Route("a", "nowhere")], []);
        good.Push([Route("b", "c")], [Cluster("c")]);
        Assert.Equal("b", Assert.Single(proxy.Inspector.Routes).RouteId);
    }

    [Fact]
    public async Task HandlerFactory_ThatThrowsAtAReload_RefusesItAndTheNextOneIsTaken()
    {
        var source = new PushedSource();
        source.Push([Route("a", "c")], [Cluster("c")]);
        await using var proxy = Proxy(p => p.Services.AddSingleton<IClusterHandlerFactory>(new Picky()), source);
        source.Push([Route("b", "bad")], [Cluster("bad")]);
        Assert.Equal("a", Assert.Single(proxy.Inspector.Routes).RouteId);
        Assert.Equal("c", Assert.Single(proxy.Inspector.Clusters).ClusterId);
        Assert.Contains(proxy.Log.Messages, m => m.StartsWith("Error", StringComparison.Ordinal) && m.Contains("Not this one.", StringComparison.Ordinal));
        source.Push([Route("b", "c")], [Cluster("c")]);
        Assert.Equal("b", await proxy.RouteOfAsync("http://x/b"));
    }

    [Fact]
    public async Task Convention_ThatThrowsAtAReload_RefusesItAndTheNextOneIsTaken()
    {
        var source = new PushedSource();
        source.Push([Route("a", "c")], [Cluster("c")]);
        await using var proxy = Proxy(source);
        proxy.App.MapNet2Proxy().Add(b => _ = b.DisplayName == "bad" ? throw new InvalidOperationException("Not this route.") : b);
        source.Push([Route("bad", "c")], [Cluster("c")]);
        Assert.Equal("a", Assert.Single(proxy.Inspector.Routes).RouteId);
        Assert.Equal("a", await proxy.RouteOfAsync("http://x/a"));
        source.Push([Route("b", "c")], [Cluster("c")]);
        Assert.Equal("b", await proxy.RouteOfAsync("http://x/b"));
    }

    [Fact]
    public void LoadBalancingPolicy_ThatCannotBeMade_IsAnErrorWithItsPath()
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(
            """{ "Net2Proxy": { "Clusters": { "c": { "LoadBalancingPolicy": "Mine" } } } }""",
            b => b.Services.AddNet2LoadBalancingPolicy("Mine", _ => throw new InvalidOperationException("No key."))));
        Assert.Equal("Net2Proxy:Clusters:c:LoadBalancingPolicy", error.Path);
        Assert.Contains("No key.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadBalancingPolicy_OfTheUser_MayBeNamed()
    {
        await using var proxy = ConfiguredProxy.FromJson(
            """{ "Net2Proxy": { "Clusters": { "c": { "LoadBalancingPolicy": "mine" } } } }""", b => b.Services.AddNet2LoadBalancingPolicy<First>("Mine"));
        Assert.Equal("mine", Assert.Single(proxy.Inspector.Clusters).LoadBalancingPolicy);
    }

    [Fact]
    public void MapNet2Proxy_WithoutAddNet2Proxy_SaysSo() =>
        Assert.Contains("AddNet2Proxy", Assert.Throws<InvalidOperationException>(() => WebApplication.CreateSlimBuilder().Build().MapNet2Proxy()).Message, StringComparison.Ordinal);

    private static RouteOptions Route(string name, string cluster)
    {
        var route = new RouteOptions { RouteId = name, ClusterId = cluster };
        route.Match.Path = "/" + name;
        return route;
    }

    private static ProxyClusterOptions Cluster(string name) => new() { ClusterId = name };

    private ConfiguredProxy Proxy(params PushedSource[] sources) => Proxy(_ => { }, sources);

    private ConfiguredProxy Proxy(Action<INet2ProxyBuilder> configure, params PushedSource[] sources) => ConfiguredProxy.Create(p =>
    {
        p.Services.AddSingleton<TimeProvider>(_time);
        foreach (var source in sources) p.Services.AddSingleton<IProxyConfigProvider>(source);
        configure(p);
    });

    private sealed class PushedSource : IProxyConfigProvider
    {
        private Config? _config = new("0", [], []);

        public int Asked { get; private set; }

        public Exception? Failure { get; set; }

        public IProxyConfig GetConfig()
        {
            Asked++;
            return Failure is null ? _config! : throw Failure;
        }

        public void Push(IReadOnlyList<RouteOptions> routes, IReadOnlyList<ProxyClusterOptions> clusters)
        {
            var before = _config;
            _config = new((int.Parse(before?.RevisionId ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), routes, clusters);
            before?.Signal();
        }

        public void PushNothing()
        {
            var before = _config;
            _config = null;
            before!.Signal();
        }

        public void SignalOnly() => _config!.Signal();

        private sealed class Config(string revision, IReadOnlyList<RouteOptions> routes, IReadOnlyList<ProxyClusterOptions> clusters) : IProxyConfig
        {
            private readonly ConfigurationReloadToken _changed = new();

            public string RevisionId => revision;

            public IReadOnlyList<RouteOptions> Routes => routes;

            public IReadOnlyList<ProxyClusterOptions> Clusters => clusters;

            public IChangeToken ChangeToken => _changed;

            public void Signal() => _changed.OnReload();
        }
    }

    private sealed class Picky : IClusterHandlerFactory
    {
        public DelegatingHandler? Create(ProxyClusterOptions cluster) => cluster.ClusterId == "bad" ? throw new InvalidOperationException("Not this one.") : null;
    }

    private sealed class First : Balancing.ILoadBalancingPolicy
    {
        public Balancing.Destination? Pick(in Balancing.BalancingContext context) => context.Candidates[0];
    }
}
