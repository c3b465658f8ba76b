using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Discovery;

/// <summary>A proxy whose servers are found by their name: asked over real connections, by that name, while the answers change.</summary>
public sealed class DiscoveryTests
{
    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Request_ToAServerThatWasFound_BearsTheNameThatWasLookedFor()
    {
        var source = new ScriptedSource();
        await using var proxy = await StartAsync(source, "http://shop.test:80/base", context => context.Response.WriteAsync($"{context.Request.Host} {context.Request.Path}"));
        using var client = proxy.CreateClient();
        Assert.Equal($"shop.test:{proxy.BackendAddress!.Port} /base/cart", await client.GetStringAsync("/cart", Patience));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1.1")]
    public async Task Request_OverTls_AsksForTheCertificateOfTheNameThatWasLookedFor(string? version)
    {
        using var certificate = TestCertificates.SelfSigned("shop.test");
        var seen = "";
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https => https.ServerCertificateSelector = (_, name) =>
        {
            seen = name;
            return certificate;
        })));
        await using var backend = builder.Build();
        backend.Run(context => context.Response.WriteAsync("ok"));
        await backend.StartAsync(Patience);
        var source = new ScriptedSource();
        await using var proxy = await ProxyUnderTest.StartAsync(
            new Uri(backend.Urls.First()),
            cluster: c => Configure(c, "https://shop.test/", source, cluster =>
            {
                cluster.HttpClient = new() { DangerousAcceptAnyServerCertificate = true };
                if (version is not null) cluster.HttpRequest = new() { Version = Version.Parse(version) };
            }),
            proxy: b => b.Services.AddNet2Discovery("Scripted", _ => source));
        using var client = proxy.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync("/", Patience));
        Assert.Equal("shop.test", seen);
    }

    [Fact]
    public async Task Answers_ThatChangeUnderLoad_LoseNoRequest()
    {
        await using var other = await ProxyUnderTest.StartBackendAsync(context => context.Response.WriteAsync("other"));
        var source = new ScriptedSource();
        await using var proxy = await StartAsync(source, "http://shop.test/", context => context.Response.WriteAsync("first"));
        using var client = proxy.CreateClient();
        var cluster = proxy.Services.GetRequiredService<IClusterRegistry>().Clusters.Single();
        var first = cluster.Snapshot.Destinations.Single();
        var addresses = new[] { proxy.BackendAddress!, new Uri(other.Urls.First()) };
        for (var i = 0; i < 4; i++)
        {
            source.Found = i % 2 == 0 ? addresses : addresses[..1];
            var asked = source.Asked;
            await Eventually.TrueAsync(() => cluster.Snapshot.Destinations.Count == source.Found.Length && source.Asked > asked);
            for (var request = 0; request < 10; request++)
            {
                using var answer = await client.GetAsync("/", Patience);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            Assert.Contains(first, cluster.Snapshot.Destinations);
        }
    }

    private static Task<ProxyUnderTest> StartAsync(ScriptedSource source, string address, RequestDelegate backend) =>
        ProxyUnderTest.StartAsync(backend, cluster: c => Configure(c, address, source), proxy: b => b.Services.AddNet2Discovery("Scripted", _ => source));

    private static void Configure(ProxyClusterOptions cluster, string address, ScriptedSource source, Action<ProxyClusterOptions>? more = null)
    {
        source.Found = [new Uri(cluster.Destinations["only"].Address)];
        cluster.Destinations["only"].Address = address;
        cluster.Discovery = new() { Source = "Scripted", RefreshInterval = TimeSpan.FromSeconds(1) };
        more?.Invoke(cluster);
    }

    private sealed class ScriptedSource : IDestinationDiscovery
    {
        private int _asked;

        public Uri[] Found { get; set; } = [];

        public int Asked => Volatile.Read(ref _asked);

        public ValueTask<DiscoveredDestinations> DiscoverAsync(DiscoveryContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return new(new DiscoveredDestinations(Found.Select(f => new DiscoveredDestination(new UriBuilder(context.Address) { Host = f.Host, Port = f.Port }.Uri))));
        }
    }
}
