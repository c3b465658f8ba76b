using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Discovery;

/// <summary>What clusters become of the answers of name servers, and what they stay when there are none.</summary>
public sealed class ClusterDiscoveryTests : IAsyncDisposable
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(60);
    private readonly DnsServerUnderTest _dns = new();

    public ValueTask DisposeAsync() => _dns.DisposeAsync();

    [Fact]
    public async Task Start_Services_AreThereBeforeTheFirstRequest()
    {
        _dns.Answer(DnsServerUnderTest.Srv("b.shop.example", 8081, 20, 0), DnsServerUnderTest.Srv("a.shop.example", 8080, 10, 3), DnsServerUnderTest.Srv("c.shop.example", 8080, 10, 0));
        await using var stage = Stage();
        Assert.Equal(
            [
                "web[a.shop.example:8080] http://a.shop.example:8080/base shop.example:8080 1/3",
                "web[c.shop.example:8080] http://c.shop.example:8080/base shop.example:8080 1/1",
                "web[b.shop.example:8081] http://b.shop.example:8081/base shop.example:8081 2/1",
            ],
            stage.Destinations);
        Assert.Equal("shop.example", stage.Cluster.Snapshot.Destinations[0].Options.ServerName);
    }

    [Fact]
    public async Task Start_ServicesWithoutWeights_HaveThatOfTheConfiguration()
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080), DnsServerUnderTest.Srv("b.shop.example", 8080));
        await using var stage = Stage();
        Assert.All(stage.Cluster.Snapshot.Destinations, d => Assert.Equal(7, d.Options.Weight));
    }

    [Fact]
    public async Task Refresh_AfterTheTimeToLive_FollowsWhatHasChangedAndKeepsWhatHasNot()
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080), DnsServerUnderTest.Srv("b.shop.example", 8080));
        await using var stage = Stage();
        await stage.PublishedOnceAsync();
        var kept = stage.Cluster.Snapshot.Destinations[1].Busy(3);
        stage.Cluster.Update(kept, "test", s => s with { Active = DestinationHealth.Healthy });

        _dns.Answer(DnsServerUnderTest.Srv("b.shop.example", 8080), DnsServerUnderTest.Srv("c.shop.example", 8080));
        await stage.PassAsync(TimeToLive);
        var snapshot = await stage.PublishedAsync();

        Assert.Equal(["web[b.shop.example:8080]", "web[c.shop.example:8080]"], snapshot.Destinations.Select(d => d.Id));
        Assert.Same(kept, snapshot.Destinations[0]);
        Assert.Equal((3, DestinationHealth.Healthy), (kept.ConcurrentRequests, kept.Status.Health));
    }

    [Fact]
    public async Task Refresh_SameAnswerInAnotherOrder_ChangesNothing()
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080), DnsServerUnderTest.Srv("b.shop.example", 8080));
        await using var stage = Stage();
        await stage.PublishedOnceAsync();
        var before = stage.Cluster.Snapshot;
        _dns.Answer(DnsServerUnderTest.Srv("b.shop.example", 8080), DnsServerUnderTest.Srv("a.shop.example", 8080));
        for (var i = 0; i < 3; i++) await stage.PassAsync(TimeToLive);
        Assert.Same(before, stage.Cluster.Snapshot);
        Assert.False(stage.WasPublished);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("no such name")]
    [InlineData("failing")]
    public async Task Refresh_NothingFound_KeepsWhatWasFoundLastAndSaysSoOnce(string answer)
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080));
        await using var stage = Stage();
        await stage.PublishedOnceAsync();
        _dns.OverUdp = question => [DnsServerUnderTest.Respond(question, [], answer switch { "empty" => 0, "failing" => 2, _ => 3 })];
        await stage.PassAsync(TimeToLive);
        Assert.StartsWith("Warning", await stage.LoggedAsync("could not be found"), StringComparison.Ordinal);
        await stage.PassAsync(TimeSpan.FromSeconds(1));
        await stage.PassAsync(TimeSpan.FromSeconds(2));
        await stage.WaitingAsync(TimeSpan.FromSeconds(4));
        Assert.Equal("web[a.shop.example:8080]", Assert.Single(stage.Cluster.Snapshot.Destinations).Id);
        Assert.Equal(0, stage.Logged("could not be found"));

        _dns.Answer(DnsServerUnderTest.Srv("b.shop.example", 8080));
        stage.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("web[b.shop.example:8080]", Assert.Single((await stage.PublishedAsync()).Destinations).Id);
        await stage.LoggedAsync("are found again");
    }

    [Fact]
    public async Task Start_NothingFound_StartsWithoutAndTakesWhatComesLater()
    {
        _dns.OverUdp = question => [DnsServerUnderTest.Respond(question, [], 3)];
        await using var stage = Stage();
        await stage.PublishedOnceAsync();
        Assert.Empty(stage.Cluster.Snapshot.Destinations);
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080));
        await stage.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Single((await stage.PublishedAsync()).Destinations);
    }

    [Fact]
    public async Task Start_ServerThatIsSilent_WaitsNoLongerThanItIsToldTo()
    {
        await using var stage = Stage(d => d.StartTimeout = TimeSpan.FromSeconds(3));
        var starting = Task.Run(() => stage.Registry);
        await stage.PassAsync(TimeSpan.FromSeconds(3));
        await starting.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(stage.Cluster.Snapshot.Destinations);
        Assert.Contains("within 00:00:03", await stage.LoggedAsync("could not be found"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(20, 20)]
    [InlineData(1_000_000, 300)]
    public async Task Refresh_TimeToLive_IsKeptWithinItsBounds(int timeToLive, int pause)
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080, seconds: timeToLive));
        await using var stage = Stage();
        await stage.PublishedOnceAsync();
        _dns.Answer(DnsServerUnderTest.Srv("b.shop.example", 8080));
        await stage.PassAsync(TimeSpan.FromSeconds(pause));
        Assert.Equal("web[b.shop.example:8080]", Assert.Single((await stage.PublishedAsync()).Destinations).Id);
    }

    [Fact]
    public async Task Refresh_Interval_CountsMoreThanTheTimeToLive()
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080));
        await using var stage = Stage(d => d.RefreshInterval = TimeSpan.FromSeconds(7));
        await stage.PublishedOnceAsync();
        _dns.Answer(DnsServerUnderTest.Srv("b.shop.example", 8080));
        await stage.PassAsync(TimeSpan.FromSeconds(7));
        Assert.Equal("web[b.shop.example:8080]", Assert.Single((await stage.PublishedAsync()).Destinations).Id);
    }

    [Fact]
    public async Task Reload_ThatKeepsTheName_BeginsWithWhatWasFoundAndAsksNobody()
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080));
        await using var stage = Stage(owner: this);
        await stage.PublishedOnceAsync();
        var before = Assert.Single(stage.Cluster.Snapshot.Destinations);
        var questions = _dns.Questions;
        stage.Registry.Apply(this, [Options(null)]);
        Assert.Same(before, Assert.Single(stage.Cluster.Snapshot.Destinations));
        Assert.Equal(questions, _dns.Questions);
    }

    [Fact]
    public async Task Reload_ThatAddsAName_FindsItBeforeItTakesEffect()
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080));
        await using var stage = Stage(owner: this);
        await stage.PublishedOnceAsync();
        var options = Options(null);
        options.Destinations["more"] = new() { Address = "http://_http._tcp.more.example/" };
        stage.Registry.Apply(this, [options]);
        Assert.Equal(["more[a.shop.example:8080]", "web[a.shop.example:8080]"], (await stage.PublishedAsync()).Destinations.Select(d => d.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Reload_ThatIsRefused_ChangesNothing()
    {
        _dns.Answer(DnsServerUnderTest.Srv("a.shop.example", 8080));
        await using var stage = Stage(owner: this);
        await stage.PublishedOnceAsync();
        var before = stage.Cluster.Snapshot;
        var options = Options(null);
        options.Discovery!.Source = "Dnss";
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => stage.Registry.Apply(this, [options]));
        Assert.Contains("Did you mean 'Dns'?", error.Message, StringComparison.Ordinal);
        Assert.Same(before, stage.Cluster.Snapshot);
    }

    [Fact]
    public async Task Addresses_OfAHost_AreDestinationsThatKeepItsName()
    {
        _dns.OverUdp = question => [DnsServerUnderTest.Respond(question, DnsServerUnderTest.TypeOf(question) == DnsRecordType.A
            ? [DnsServerUnderTest.A("10.0.0.2"), DnsServerUnderTest.A("10.0.0.1")]
            : [DnsServerUnderTest.A("2001:db8::1")])];
        await using var stage = Stage(d => d.Source = null, address: "https://shop.example:8443/base", health: "http://shop.example:9000/health");
        Assert.Equal(
            [
                "web[10.0.0.1] https://10.0.0.1:8443/base shop.example:8443 1/7",
                "web[10.0.0.2] https://10.0.0.2:8443/base shop.example:8443 1/7",
                "web[2001:db8::1] https://[2001:db8::1]:8443/base shop.example:8443 1/7",
            ],
            stage.Destinations);
        Assert.Equal("http://10.0.0.1:9000/health", stage.Cluster.Snapshot.Destinations[0].Options.Health);
        Assert.Equal("shop.example", stage.Cluster.Snapshot.Destinations[0].Options.ServerName);
    }

    [Theory]
    [InlineData("IPv4", 1)]
    [InlineData("IPv6", 1)]
    [InlineData("Any", 2)]
    public async Task Addresses_OfOneFamily_AreAllThatIsAskedFor(string family, int count)
    {
        _dns.OverUdp = question => [DnsServerUnderTest.Respond(question, [DnsServerUnderTest.TypeOf(question) == DnsRecordType.A ? DnsServerUnderTest.A("10.0.0.2") : DnsServerUnderTest.A("2001:db8::1")])];
        await using var stage = Stage(d => (d.Source, d.AddressFamily) = ("Dns", family), address: "http://shop.example");
        Assert.Equal(count, stage.Destinations.Length);
        Assert.Equal(count, _dns.Questions);
    }

    [Fact]
    public async Task Addresses_OfThePlatform_AreFoundByItsResolver()
    {
        await using var stage = Stage(d => (d.Source, d.Servers) = ("Dns", []), address: "http://localhost:8080/");
        Assert.Contains("127.0.0.1", Assert.Single(stage.Cluster.Snapshot.Destinations, d => d.Address.Host == "127.0.0.1").Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Destinations_WithAddressesInsteadOfNames_StayAsTheyAre()
    {
        await using var stage = Stage(address: "http://10.0.0.9:81/");
        Assert.Equal(["web http://10.0.0.9:81/  1/7"], stage.Destinations);
        Assert.Equal(0, _dns.Questions);
    }

    [Fact]
    public async Task Destinations_MoreThanTheMost_AreCut()
    {
        _dns.Answer([.. Enumerable.Range(1, 10).Select(i => DnsServerUnderTest.Srv($"s{i}.example", 80))]);
        await using var stage = Stage(d => d.MaxDestinations = 4);
        Assert.Equal(4, stage.Cluster.Snapshot.Destinations.Count);
    }

    [Fact]
    public async Task SourceOfTheUser_ByItsName_IsAsked()
    {
        await using var stage = Stage(d => d.Source = "directory", address: "http://shop/", services: s => s.AddNet2Discovery("Directory", _ => new Directory()));
        Assert.Equal(["web[one] http://10.1.1.1:8080/  1/5"], stage.Destinations.Select(d => d.Replace("shop:8080", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SourceOfTheUser_ThatFindsNonsense_IsRefusedAndWhatThereWasStays()
    {
        var directory = new Directory();
        await using var stage = Stage(d => (d.Source, d.RefreshInterval) = ("Directory", TimeSpan.FromSeconds(9)), address: "http://shop/", services: s => s.AddNet2Discovery("Directory", _ => directory));
        await stage.PublishedOnceAsync();
        directory.Found = [new DiscoveredDestination(new Uri("ftp://10.0.0.1/"))];
        await stage.PassAsync(TimeSpan.FromSeconds(9));
        await stage.LoggedAsync("is not allowed: an absolute http or https URL is expected");
        Assert.Equal("web[one]", Assert.Single(stage.Cluster.Snapshot.Destinations).Id);
    }

    private DiscoveryStage Stage(
        Action<DiscoveryOptions>? discovery = null, string address = "http://_http._tcp.shop.example/base", string? health = null, Action<IServiceCollection>? services = null, object? owner = null)
    {
        var stage = new DiscoveryStage(s =>
        {
            services?.Invoke(s);
            if (owner is not null) return;
            s.AddSingleton(new ClusterDefinition("shop", c =>
            {
                var options = Options(discovery, address, health);
                (c.Discovery, c.Destinations) = (options.Discovery, options.Destinations);
            }));
        });
        if (owner is not null) stage.Registry.Apply(owner, [Options(discovery, address, health)]);
        return stage;
    }

    private ClusterOptions Options(Action<DiscoveryOptions>? discovery, string address = "http://_http._tcp.shop.example/base", string? health = null)
    {
        var options = new ClusterOptions { ClusterId = "shop", Discovery = new() { Source = "DnsSrv", Servers = [_dns.EndPoint.ToString()] } };
        options.Destinations["web"] = new() { Address = address, Health = health, Priority = 1, Weight = 7 };
        discovery?.Invoke(options.Discovery);
        return options;
    }

    private sealed class Directory : IDestinationDiscovery
    {
        public IReadOnlyList<DiscoveredDestination> Found { get; set; } = [new(new Uri("http://10.1.1.1:8080/")) { Name = "one", Weight = 5 }];

        public ValueTask<DiscoveredDestinations> DiscoverAsync(DiscoveryContext context, CancellationToken cancellationToken)
        {
            Assert.Equal(("shop", "web", "shop"), (context.Cluster.ClusterId, context.DestinationId, context.Address.Host));
            return new(new DiscoveredDestinations(Found));
        }
    }
}
