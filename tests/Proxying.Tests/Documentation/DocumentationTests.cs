using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Documentation;

/// <summary>What the documents on configuration, routing and transforms show works: JSON is loaded, code is compiled and run, tables are complete.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages => ["configuration.md", "routing.md", "transforms.md", "affinity.md", "discovery.md", "tls.md", "telemetry.md"];

    public static TheoryData<string> PagesWithJson => [.. Pages.Select(p => p.Data), "traffic-split.md", "weights.md", "compression.md", "tcp.md", "hardening.md", "quick-start.md", "from-yarp.md", "from-nginx.md"];

    [Theory]
    [MemberData(nameof(PagesWithJson))]
    public async Task Json_OfThePage_IsLoadedAndFitsTheSchema(string page)
    {
        var schema = File.ReadAllText(RepositoryFile.Path("src/Proxying/Configuration/net2proxy.schema.json"));
        var found = 0;
        foreach (var (kind, text) in Blocks(page).Where(b => b.Kind.StartsWith("json", StringComparison.Ordinal)))
        {
            var json = kind.EndsWith("route", StringComparison.Ordinal) ? Around(text) : kind.EndsWith("cluster", StringComparison.Ordinal) ? AroundCluster(text) : text;
            Assert.Empty(SchemaCheck.Check(schema, json));
            await using var proxy = ConfiguredProxy.FromJson(json);
            found++;
        }

        Assert.True(found > 0, $"{page} shows no JSON.");
    }

    // What they configure needs a server or a folder of its own.
    [Theory]
    [InlineData("caching.md")]
    [InlineData("fleet.md")]
    public void Json_OfStores_FitsTheSchema(string page)
    {
        var schema = File.ReadAllText(RepositoryFile.Path("src/Proxying/Configuration/net2proxy.schema.json"));
        var blocks = Blocks(page).Where(b => b.Kind == "json").ToList();
        Assert.NotEmpty(blocks);
        foreach (var (_, text) in blocks) Assert.Empty(SchemaCheck.Check(schema, text));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Code_OfThePage_IsCompiledHere(string page)
    {
        var compiled = Lines(File.ReadAllText(RepositoryFile.Path("tests/Proxying.Tests/Documentation/Snippets.cs")));
        var found = 0;
        foreach (var (_, text) in Blocks(page).Where(b => b.Kind == "csharp"))
        {
            Assert.True(compiled.Contains(Lines(text), StringComparison.Ordinal), $"{page} shows code that Snippets.cs does not have:{Environment.NewLine}{text}");
            found++;
        }

        Assert.True(found > 0, $"{page} shows no code.");
    }

    [Fact]
    public void Tables_OfConfiguration_NameEverySetting()
    {
        var page = File.ReadAllText(RepositoryFile.Path("docs/configuration.md"));
        foreach (var setting in ContributedStores.KnownSettings())
        {
            var path = setting.Path.Replace(":[]", "[]", StringComparison.Ordinal);
            var name = path.Replace("Routes:*:", "", StringComparison.Ordinal).Replace("Clusters:*:", "", StringComparison.Ordinal);
            foreach (var section in new[] { "Tls:", "Forwarding:", "Dashboard:", "Cache:", "Shielding:", "Tcp:*:", "AccessLog:", "Explain:" }) name = name.StartsWith(section, StringComparison.Ordinal) ? name[section.Length..] : name;
            if (name.EndsWith('*') || name.EndsWith(']') || !path.Contains(':', StringComparison.Ordinal)) continue;
            Assert.True(page.Contains($"| `{name}` |", StringComparison.Ordinal), $"{path} is in no table.");
        }
    }

    [Fact]
    public async Task Table_OfInstruments_NamesEveryOneWithItsUnit()
    {
        const string json = """
            { "Net2Proxy": {
              "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" }, "ResponseCache": { "Enabled": true } } },
              "Clusters": { "c": { "HealthCheck": { "Active": { "Enabled": true }, "Passive": { "Enabled": true } }, "Limits": { "MaxRequestsPerDestination": 5 },
                "Destinations": { "d": { "Address": "http://127.0.0.1:1/" } } } } } }
            """;
        await using var proxy = ConfiguredProxy.FromJson(json);
        var factory = proxy.App.Services.GetRequiredService<IMeterFactory>();
        var page = File.ReadAllText(RepositoryFile.Path("docs/telemetry.md"));
        var found = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (!ReferenceEquals(instrument.Meter.Scope, factory) || !instrument.Meter.Name.StartsWith("Net2Secure.", StringComparison.Ordinal)) return;
                found++;
                Assert.Matches($@"\| `{Regex.Escape(instrument.Name)}` \| [a-z -]+, `{Regex.Escape(instrument.Unit!)}` \|", page);
            },
        };
        listener.Start();
        Assert.InRange(found, 30, 100);
    }

    [Fact]
    public void Table_OfTheAccessLog_NamesEveryField()
    {
        var page = File.ReadAllText(RepositoryFile.Path("docs/telemetry.md"));
        foreach (var field in Net2Secure.Routing.Proxying.AccessLog.AccessLogFields.All) Assert.Contains($"`{field}`", page, StringComparison.Ordinal);
        foreach (var reason in typeof(Net2Secure.Routing.Balancing.CandidateExclusions).GetFields().Select(static f => (string)f.GetRawConstantValue()!)) Assert.Contains($"| `{reason}` |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_OfTheThreatModel_AreThere()
    {
        var files = Directory.EnumerateFiles(RepositoryFile.Path("tests"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        var named = TestClass().Matches(File.ReadAllText(RepositoryFile.Path("docs/threat-model.md"))).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(named.Count > 30);
        Assert.Empty(named.Except(files));
    }

    [Fact]
    public void Tables_OfTransforms_NameEveryOne()
    {
        var page = File.ReadAllText(RepositoryFile.Path("docs/transforms.md"));
        foreach (var name in typeof(TransformNames).GetFields().Select(f => (string)f.GetRawConstantValue()!)) Assert.Contains($"\"{name}\"", page, StringComparison.Ordinal);
        foreach (var format in Enum.GetNames<NodeFormat>().Where(n => n != "None")) Assert.Contains($"`{format}`", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_OfRouting_NameEveryMode()
    {
        var page = File.ReadAllText(RepositoryFile.Path("docs/routing.md"));
        foreach (var mode in Enum.GetNames<HeaderMatchMode>().Concat(Enum.GetNames<QueryParameterMatchMode>())) Assert.Contains($"| `{mode}`", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodeFirst_OfThePage_Serves()
    {
        await using var proxy = ConfiguredProxy.Create(p => Snippets.CodeFirst(p.Services));
        Assert.Equal("shop", await proxy.RouteOfAsync("http://x/shop/a"));
    }

    [Fact]
    public async Task CustomSource_OfThePage_PushesChanges()
    {
        await using var proxy = ConfiguredProxy.Create(p => Snippets.CustomSource(p.Services));
        var route = new RouteOptions { RouteId = "found", ClusterId = "c" };
        route.Match.Path = "/";
        proxy.App.Services.GetRequiredService<DiscoverySource>().Push([route], [new() { ClusterId = "c" }], "1");
        Assert.Equal("found", await proxy.RouteOfAsync("http://x/"));
        await Snippets.ExplainAsync(proxy.Inspector);
    }

    [Fact]
    public async Task Transforms_OfThePage_ChangeRequestAndResponse()
    {
        HttpRequestMessage? sent = null;
        await using var proxy = ConfiguredProxy.Create(
            p =>
            {
                Snippets.Transforms(p.Services);
                Snippets.DelegateTransform(p.Services);
                Snippets.CustomFactory(p.Services);
                p.AddCluster("shop", _ => { }).AddRoute("greeting", r =>
                {
                    (r.ClusterId, r.Match.Path) = ("shop", "/greeting");
                    r.WithTransform(e => (e["Greeting"], e["When"]) = ("hello", "Success"));
                });
            },
            answer: request =>
            {
                sent = request;
                return new HttpResponseMessage(HttpStatusCode.OK) { Headers = { { "X-Powered-By", "x" } } };
            });
        using var client = await proxy.StartAsync();
        using var shop = await client.GetAsync("/shop/a?lang=de");
        Assert.Equal("/a?lang=en&via=proxy", ((Balancing.RoutedRequestMessage)sent!).PathAndQuery);
        Assert.Equal("blue", sent!.Headers.GetValues("X-Tenant").Single());
        Assert.False(shop.Headers.Contains("X-Powered-By"));
        using var greeting = await client.GetAsync("/greeting");
        Assert.Equal("hello", greeting.Headers.GetValues("X-Greeting").Single());
    }

    [Fact]
    public void Middleware_OfThePage_CanBePutTogether()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddNet2Proxy().AddRoute("r", r => (r.ClusterId, r.Match.Path) = ("c", "/")).AddCluster("c", _ => { });
        builder.Services.AddCors();
        builder.Services.AddAuthorization();
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOutputCache();
        using var app = (IDisposable)builder.Build();
        Snippets.Middleware((WebApplication)app);
    }

    /// <summary>The blocks between fences, with what stands behind the opening one.</summary>
    private static IEnumerable<(string Kind, string Text)> Blocks(string page) =>
        Fences().Matches(File.ReadAllText(RepositoryFile.Path("docs/" + page))).Select(m => (m.Groups["kind"].Value.Trim(), m.Groups["text"].Value));

    private static string Around(string route)
    {
        var match = route.Contains("\"Match\"", StringComparison.Ordinal) ? "" : "\"Match\": { \"Path\": \"/{**rest}\" }, ";
        return $$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", {{match}}{{route}} } }, "Clusters": { "c": {} } } }""";
    }

    private static string AroundCluster(string cluster) =>
        $$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } }, "Clusters": { "c": { {{cluster}} } } } }""";

    private static string Lines(string text) => "\n" + string.Join('\n', text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)) + "\n";

    [GeneratedRegex("^ *```(?<kind>[a-z]+[a-z ]*)\n(?<text>.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fences();

    [GeneratedRegex("`(?<name>[A-Za-z0-9]+(Tests|Properties))`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestClass();
}
