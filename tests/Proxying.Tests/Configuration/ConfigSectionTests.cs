using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>Sections beside routes and clusters: each draft ends in force or is let go of.</summary>
public sealed class ConfigSectionTests
{
    private static readonly List<ProxyClusterOptions> s_clusters = [new() { ClusterId = "c", Destinations = { ["d"] = new() { Address = "http://d.test/" } } }];

    private readonly RecordedSection _section = new();
    private readonly InMemoryConfigProvider _provider = new([Route("a")], s_clusters);
    private bool _fails;

    [Fact]
    public async Task ConfigurationThatServes_PutsItsDraftInForce()
    {
        await using var proxy = Start();
        Assert.Equal(["prepared first", "in force"], _section.Told);

        _provider.Update([Route("b")], s_clusters);

        Assert.Equal(["prepared first", "in force", "prepared", "in force"], _section.Told);
    }

    [Fact]
    public async Task ErrorOfASection_RefusesTheWhole_AndTheDraftIsLetGoOf()
    {
        await using var proxy = Start();
        _section.Error = "is wrong.";

        _provider.Update([Route("b")], s_clusters);

        Assert.Equal(["prepared first", "in force", "prepared", "let go of"], _section.Told);
        Assert.Contains(proxy.Log.Messages, m => m.Contains("Recorded: is wrong.", StringComparison.Ordinal));
        Assert.Equal("a", await proxy.RouteOfAsync("http://x.test/"));
    }

    [Fact]
    public async Task ErrorElsewhere_LetsGoOfTheDraft()
    {
        await using var proxy = Start();

        _provider.Update([new RouteOptions { RouteId = "b", ClusterId = "unknown", Match = new() { Path = "/" } }], s_clusters);

        Assert.Equal(["prepared first", "in force", "prepared", "let go of"], _section.Told);
    }

    [Fact]
    public async Task CodeOfTheApplicationThatFails_LetsGoOfTheDraft()
    {
        await using var proxy = Start();
        _fails = true;

        _provider.Update([Route("b")], [.. s_clusters, new() { ClusterId = "new", Destinations = { ["d"] = new() { Address = "http://d.test/" } } }]);

        Assert.Equal(["prepared first", "in force", "prepared", "let go of"], _section.Told);
        Assert.Contains(proxy.Log.Messages, m => m.Contains("could not be brought to life: on purpose", StringComparison.Ordinal));
    }

    private static RouteOptions Route(string id) => new() { RouteId = id, ClusterId = "c", Match = new() { Path = "{**all}" } };

    private ConfiguredProxy Start() => ConfiguredProxy.Create(
        proxy => proxy.Services.AddSingleton<IProxyConfigProvider>(_provider),
        builder =>
        {
            builder.Services.AddSingleton<IConfigSection>(_section);
            builder.Services.AddSingleton<IClusterHandlerFactory>(new Failing(this));
        });

    private sealed class RecordedSection : IConfigSection
    {
        public List<string> Told { get; } = [];

        public string? Error { get; set; }

        public ISectionDraft Prepare(ConfigCandidate candidate)
        {
            Told.Add(candidate.IsFirst ? "prepared first" : "prepared");
            if (Error is not null) candidate.Errors.Report("Recorded", Error);
            return new Draft(Told);
        }

        private sealed class Draft(List<string> told) : ISectionDraft
        {
            public void Commit() => told.Add("in force");

            public void Release() => told.Add("let go of");
        }
    }

    private sealed class Failing(ConfigSectionTests test) : IClusterHandlerFactory
    {
        public DelegatingHandler Create(ProxyClusterOptions cluster) => test._fails ? throw new InvalidOperationException("on purpose") : new Passing();

        private sealed class Passing : DelegatingHandler;
    }
}
