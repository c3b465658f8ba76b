using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

/// <summary>Whom the requests of a client go to, and what the client is told, through the handlers as they stand in a proxy and in a client.</summary>
public sealed class AffinityHandlerTests
{
    [Fact]
    public async Task SendAsync_ClientWithItsCookie_StaysWhereItWas()
    {
        var stage = new Stage();
        using var first = await stage.AskAsync(new());
        for (var i = 0; i < 20; i++)
        {
            using var next = await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(first));
            Assert.Equal(stage.Asked[0], stage.Asked[^1]);
            Assert.Empty(next.SetCookies());
        }
    }

    [Fact]
    public async Task SendAsync_ManyNewClients_AreBalanced()
    {
        var stage = new Stage();
        for (var i = 0; i < 9; i++) using (await stage.AskAsync(new())) { }
        Assert.Equal(["a", "b", "c", "a", "b", "c", "a", "b", "c"], stage.Asked);
    }

    [Fact]
    public async Task SendAsync_HomeUnhealthy_ClientMovesAtOnceStaysThereAndNobodyElseMoves()
    {
        var stage = new Stage();
        HttpResponseMessage[] clients = [await stage.AskAsync(new()), await stage.AskAsync(new()), await stage.AskAsync(new())];
        stage.Update("a", s => s with { Passive = DestinationHealth.Unhealthy });

        var moved = await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(clients[0]));
        var newHome = stage.Asked[^1];
        Assert.NotEqual("a", newHome);
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(moved))) Assert.Equal(newHome, stage.Asked[^1]);
        foreach (var (client, home) in new[] { (clients[1], "b"), (clients[2], "c") })
        {
            using var answer = await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(client));
            Assert.Equal(home, stage.Asked[^1]);
            Assert.Empty(answer.SetCookies());
        }

        stage.Update("a", s => s with { Passive = DestinationHealth.Healthy });
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(moved))) Assert.Equal(newHome, stage.Asked[^1]);
    }

    [Fact]
    public async Task SendAsync_AnsweredByAnotherAfterARetry_TellsTheClientOfThatOne()
    {
        var stage = new Stage(retries: true);
        using var first = await stage.AskAsync(new());
        Assert.Equal("a", stage.Asked[^1]);
        stage.Failing = "a";
        using var answer = await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(first));
        var served = stage.Asked[^1];
        Assert.NotEqual("a", served);
        stage.Failing = null;
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(answer))) Assert.Equal(served, stage.Asked[^1]);
    }

    [Fact]
    public async Task SendAsync_HomeDraining_KeepsItsClientsAndTakesNoNewOnes()
    {
        var stage = new Stage();
        using var client = await stage.AskAsync(new());
        stage.Update("a", s => s with { Override = DestinationOverride.Draining });
        for (var i = 0; i < 5; i++)
        {
            using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(client))) Assert.Equal("a", stage.Asked[^1]);
            using (await stage.AskAsync(new())) Assert.NotEqual("a", stage.Asked[^1]);
        }
    }

    [Fact]
    public async Task SendAsync_HomeCannotBeUsedAndReturn503Error_RefusesUntilItCan()
    {
        var stage = new Stage(o => o.FailurePolicy = "return503error");
        using var client = await stage.AskAsync(new());
        stage.Update("a", s => s with { Override = DestinationOverride.Unhealthy });
        await Assert.ThrowsAsync<NoDestinationException>(() => stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(client)));
        using (await stage.AskAsync(new())) Assert.NotEqual("a", stage.Asked[^1]);
        stage.Update("a", s => s with { Override = DestinationOverride.None });
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(client))) Assert.Equal("a", stage.Asked[^1]);
    }

    [Theory]
    [InlineData("HashCookie")]
    [InlineData("ArrCookie")]
    [InlineData("LearnedCookie")]
    public async Task SendAsync_JunkForAKeyAndReturn503Error_IsBalancedLikeNoKey(string policy)
    {
        var stage = new Stage(o => (o.Policy, o.FailurePolicy) = (policy, "Return503Error"));
        foreach (var text in (string[])["", "junk", new string('x', 9000), "\u00e4", new string('A', 32)])
        {
            using var answer = await stage.AskAsync(new RoutedRequestMessage().WithCookie($"key={text}; key={text}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(["a", "b", "c", "a", "b"], stage.Asked);
        Assert.Equal(5, stage.Statistics.Invalid + stage.Statistics.Unknown);
    }

    [Fact]
    public async Task SendAsync_JunkForAKey_IssuesANewOne()
    {
        var stage = new Stage();
        using var answer = await stage.AskAsync(new RoutedRequestMessage().WithCookie("key=junk"));
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(answer))) Assert.Equal(stage.Asked[0], stage.Asked[1]);
    }

    [Fact]
    public async Task SendAsync_GoodCookieBesideJunkOfItsName_StaysWhereItWas()
    {
        var stage = new Stage();
        using var first = await stage.AskAsync(new());
        var good = first.ValueOf("key");
        foreach (var line in (string[])[$"key=junk; key={good}", $"key={good}; key=junk", $"key=; a=b; key={good};"])
        {
            using (await stage.AskAsync(new RoutedRequestMessage().WithCookie(line))) Assert.Equal("a", stage.Asked[^1]);
        }
    }

    [Fact]
    public async Task SendAsync_KeyOfTheProxy_IsNotPassedOnUnlessAskedFor()
    {
        var (hiding, showing) = (new Stage(), new Stage(o => o.ForwardKey = true));
        foreach (var stage in (Stage[])[hiding, showing])
        {
            using var first = await stage.AskAsync(new());
            using var next = await stage.AskAsync(new RoutedRequestMessage().WithCookie($"a=1; key={first.ValueOf("key")}; b=2"));
        }

        Assert.Equal("a=1; b=2", hiding.Cookies[^1]);
        Assert.Contains("key=", showing.Cookies[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_PlainRequestOfAClient_IsLeftAsItIs()
    {
        var stage = new Stage();
        using var first = await stage.AskAsync(new());
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/").WithCookiesOf(first);
        using (await stage.AskAsync(request)) Assert.Equal("a", stage.Asked[^1]);
        Assert.Equal("key=" + first.ValueOf("key"), CookieJar.CookiesOf(request));
        using (await stage.AskAsync(request)) Assert.Equal("a", stage.Asked[^1]);
    }

    [Fact]
    public async Task SendAsync_CookiesOfTheDestination_StayBesideOurs()
    {
        var stage = new Stage { Headers = [("Set-Cookie", "session=1; Path=/"), ("Set-Cookie", "theme=dark"), ("Cache-Control", "max-age=60")] };
        using var answer = await stage.AskAsync(new());
        Assert.Equal(["session=1; Path=/", "theme=dark"], answer.SetCookies()[..2]);
        Assert.StartsWith("key=", answer.SetCookies()[2], StringComparison.Ordinal);
        Assert.Equal(["max-age=60", "private=\"set-cookie\""], answer.Headers.NonValidated["Cache-Control"]);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("max-age=0, PRIVATE")]
    public async Task SendAsync_AnswerThatSharedCachesMayNotStore_IsLeftAsItIs(string cacheControl)
    {
        var stage = new Stage { Headers = [("Cache-Control", cacheControl)] };
        using var answer = await stage.AskAsync(new());
        Assert.Equal([cacheControl], answer.Headers.NonValidated["Cache-Control"]);
    }

    [Fact]
    public async Task SendAsync_SharedCachesAreTheUsersMatter_AddsNothingForThem()
    {
        var stage = new Stage(o => o.KeepOutOfSharedCaches = false);
        using var answer = await stage.AskAsync(new());
        Assert.False(answer.Headers.NonValidated.Contains("Cache-Control"));
        Assert.Single(answer.SetCookies());
    }

    [Fact]
    public async Task SendAsync_AnswerThatNoDestinationGave_BearsNoKey()
    {
        var stage = new Stage { AnswersFromACache = true };
        using var answer = await stage.AskAsync(new());
        Assert.Empty(answer.SetCookies());
        Assert.Empty(stage.Asked);
    }

    [Fact]
    public async Task SendAsync_SecretsTurnedOver_ClientStaysAndIsGivenANewKey()
    {
        var before = new Stage(o => o.Keys = ["the first of secrets"]);
        var after = new Stage(o => o.Keys = ["the second of secrets", "the first of secrets"]);
        var gone = new Stage(o => o.Keys = ["the second of secrets"]);
        using var first = await before.AskAsync(new());
        using var second = await after.AskAsync(new RoutedRequestMessage().WithCookiesOf(first));
        Assert.Equal("a", after.Asked[^1]);
        Assert.NotEqual(first.ValueOf("key"), second.ValueOf("key"));
        using (await gone.AskAsync(new RoutedRequestMessage().WithCookiesOf(second))) Assert.Equal("a", gone.Asked[^1]);
        using var third = await gone.AskAsync(new RoutedRequestMessage().WithCookiesOf(first));
        Assert.Single(third.SetCookies());
    }

    [Fact]
    public async Task SendAsync_NoSecretsConfigured_AnotherProcessDoesNotKnowTheKey()
    {
        var (here, there) = (new Stage(), new Stage());
        using var first = await here.AskAsync(new());
        using var second = await there.AskAsync(new RoutedRequestMessage().WithCookiesOf(first));
        Assert.Single(second.SetCookies());
        Assert.Equal((0, 1), (there.Statistics.Invalid, there.Statistics.Unknown));
    }

    [Fact]
    public async Task SendAsync_ReloadThatKeepsTheDestination_KeepsItsClients()
    {
        var stage = new Stage();
        using var first = await stage.AskAsync(new());
        stage.Apply(names: ["z", "c", "a", "y"]);
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(first))) Assert.Equal("a", stage.Asked[^1]);
    }

    [Fact]
    public async Task SendAsync_DestinationRemoved_ClientMoves()
    {
        var stage = new Stage(o => o.FailurePolicy = "Return503Error");
        using var first = await stage.AskAsync(new());
        stage.Apply(names: ["b", "c"]);
        using var answer = await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(first));
        Assert.NotEqual("a", stage.Asked[^1]);
        Assert.Single(answer.SetCookies());
    }

    [Fact]
    public async Task SendAsync_WayThatThrows_BalancesAndSaysSoOnce()
    {
        var stage = new Stage(o => o.Policy = "Throwing");
        for (var i = 0; i < 3; i++) using (await stage.AskAsync(new())) { }
        Assert.Equal(["a", "b", "c"], stage.Asked);
    }

    [Fact]
    public async Task SendAsync_Moves_AreCounted()
    {
        var stage = new Stage();
        using var first = await stage.AskAsync(new());
        stage.Update("a", s => s with { Passive = DestinationHealth.Unhealthy });
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookiesOf(first))) Assert.Equal(1, stage.Statistics.Moved);
    }

    [Fact]
    public async Task SendAsync_ClientAddress_StaysAtItsNewHomeWhenTheOldOneReturns()
    {
        var stage = new Stage(o => (o.Policy, o.AffinityKeyName) = ("ClientAddress", null));
        var client = IPAddress.Parse("198.51.100.7");
        using (await stage.AskAsync(new RoutedRequestMessage { ClientAddress = client })) { }
        var home = stage.Asked[^1];
        stage.Update(home, s => s with { Passive = DestinationHealth.Unhealthy });
        using (await stage.AskAsync(new RoutedRequestMessage { ClientAddress = client })) Assert.NotEqual(home, stage.Asked[^1]);
        var newHome = stage.Asked[^1];
        stage.Update(home, s => s with { Passive = DestinationHealth.Healthy });
        using (await stage.AskAsync(new RoutedRequestMessage { ClientAddress = client })) Assert.Equal(newHome, stage.Asked[^1]);
    }

    [Fact]
    public async Task SendAsync_ClientAddress_TwoProxiesChooseAlikeAndSpreadClientsByWeight()
    {
        Stage[] proxies = [new(o => o.Policy = "ClientAddress"), new(o => o.Policy = "ClientAddress")];
        for (var i = 0; i < 600; i++)
        {
            var client = new IPAddress([10, 0, (byte)(i / 200), (byte)(i % 200)]);
            foreach (var proxy in proxies) using (await proxy.AskAsync(new RoutedRequestMessage { ClientAddress = client })) { }
        }

        Assert.Equal(proxies[0].Asked, proxies[1].Asked);
        foreach (var name in (string[])["a", "b", "c"]) Assert.InRange(proxies[0].Asked.Count(n => n == name), 150, 250);
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void NetworkOf_Addresses_AreOneClientWhenTheyAreOfOneNetwork(string one, string other, bool same) =>
        Assert.Equal(same, ClientAddressAffinity.NetworkOf(IPAddress.Parse(one), new()) == ClientAddressAffinity.NetworkOf(IPAddress.Parse(other), new()));

    [Fact]
    public void NetworkOf_ShorterPrefixes_JoinNetworks()
    {
        var options = new ClientAddressOptions { IPv4PrefixLength = 24, IPv6PrefixLength = 128 };
        Assert.Equal(ClientAddressAffinity.NetworkOf(IPAddress.Parse("192.0.2.1"), options), ClientAddressAffinity.NetworkOf(IPAddress.Parse("192.0.2.77"), options));
        Assert.NotEqual(ClientAddressAffinity.NetworkOf(IPAddress.Parse("2001:db8::1"), options), ClientAddressAffinity.NetworkOf(IPAddress.Parse("2001:db8::2"), options));
    }

    [Fact]
    public async Task SendAsync_LearnedCookie_FollowsTheSessionsOfTheApplication()
    {
        var stage = new Stage(o => o.Policy = "LearnedCookie") { Headers = [("Set-Cookie", "other=1"), ("Set-Cookie", "key = s1 ; Path=/")] };
        using (await stage.AskAsync(new())) Assert.Equal("a", stage.Asked[^1]);
        stage.Headers = [];
        for (var i = 0; i < 5; i++)
        {
            using var answer = await stage.AskAsync(new RoutedRequestMessage().WithCookie("x=y; key=s1"));
            Assert.Equal("a", stage.Asked[^1]);
            Assert.Equal("x=y; key=s1", stage.Cookies[^1]);
            Assert.Empty(answer.SetCookies());
        }
    }

    [Fact]
    public async Task SendAsync_LearnedCookieOfADeadHome_IsAtHomeWhereItWasAnsweredAndStays()
    {
        var stage = new Stage(o => o.Policy = "LearnedCookie") { Headers = [("Set-Cookie", "key=s1")] };
        using (await stage.AskAsync(new())) { }
        stage.Headers = [];
        stage.Update("a", s => s with { Passive = DestinationHealth.Unhealthy });
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookie("key=s1"))) { }
        var newHome = stage.Asked[^1];
        stage.Update("a", s => s with { Passive = DestinationHealth.Healthy });
        for (var i = 0; i < 3; i++) using (await stage.AskAsync(new RoutedRequestMessage().WithCookie("key=s1"))) Assert.Equal(newHome, stage.Asked[^1]);
    }

    [Fact]
    public async Task SendAsync_FloodOfInventedCookies_DoesNotMakeRealOnesForgotten()
    {
        var stage = new Stage(o => (o.Policy, o.Table) = ("LearnedCookie", new AffinityTableOptions { Capacity = 100 })) { Headers = [("Set-Cookie", "key=real")] };
        using (await stage.AskAsync(new())) { }
        stage.Headers = [];
        for (var i = 0; i < 1000; i++) using (await stage.AskAsync(new RoutedRequestMessage().WithCookie($"key=invented{i}"))) { }
        using (await stage.AskAsync(new RoutedRequestMessage().WithCookie("key=real"))) Assert.Equal("a", stage.Asked[^1]);
    }

    [Fact]
    public async Task SendAsync_NoAffinity_AllocatesNothingMore()
    {
        var handler = new AffinityHandler(new ClusterReference(new Stage(o => o.Enabled = false).Cluster)) { InnerHandler = new Answering() };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new RoutedRequestMessage();
        for (var i = 0; i < 200; i++) await invoker.SendAsync(request, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _ = invoker.SendAsync(request, CancellationToken.None);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("HashCookie")]
    [InlineData("ArrCookie")]
    [InlineData("CustomHeader")]
    [InlineData("ClientAddress")]
    public async Task BeginAndEnd_ClientAtHome_AllocateNothing(string policy)
    {
        var stage = new Stage(o => (o.Policy, o.ForwardKey) = (policy, true));
        using var request = new RoutedRequestMessage { ClientAddress = IPAddress.Loopback };
        using var first = await stage.AskAsync(request);
        request.WithCookiesOf(first);
        if (first.Headers.TryGetValues("key", out var keys)) request.Headers.TryAddWithoutValidation("key", keys.Single());
        using var answer = new HttpResponseMessage();
        var snapshot = stage.Cluster.Snapshot;
        for (var i = 0; i < 200; i++) snapshot.Affinity!.End(request, answer, snapshot.Affinity.Begin(request, snapshot, stage.Statistics), stage.Statistics);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) snapshot.Affinity!.End(request, answer, snapshot.Affinity.Begin(request, snapshot, stage.Statistics), stage.Statistics);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(AffinityKeyState.Known, snapshot.Affinity!.Begin(request, snapshot, null).State);
    }

    private sealed class Answering : HttpMessageHandler
    {
        private static readonly Task<HttpResponseMessage> Answer = Task.FromResult(new HttpResponseMessage());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Answer;
    }

    private sealed class Throwing : ISessionAffinity
    {
        public AffinityMatch Find(in AffinityContext context) => throw new InvalidOperationException("find");

        public void Remember(in AffinityAnswer answer) => throw new InvalidOperationException("remember");
    }

    /// <summary>A cluster of a, b and c with its handlers; the destinations answer without a network.</summary>
    private sealed class Stage : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _pipeline;
        private readonly ClusterRegistry _registry;
        private readonly Action<SessionAffinityOptions>? _configure;

        public Stage(Action<SessionAffinityOptions>? configure = null, bool retries = false)
        {
            _configure = configure;
            var services = new ServiceCollection();
            services.AddNet2Balancing();
            services.AddNet2SessionAffinity("Throwing", _ => new Throwing());
            _registry = services.BuildServiceProvider().GetRequiredService<ClusterRegistry>();
            Apply("a", "b", "c");
            var reference = new ClusterReference(_registry, "shop");
            HttpMessageHandler balancing = new BalancingHandler(reference) { InnerHandler = this };
            if (retries) balancing = new RetryElsewhere { InnerHandler = balancing };
            _pipeline = new HttpMessageInvoker(new AffinityHandler(reference) { InnerHandler = new MaybeCache(this) { InnerHandler = balancing } });
        }

        public List<string> Asked { get; } = [];

        public List<string?> Cookies { get; } = [];

        public (string Name, string Value)[] Headers { get; set; } = [];

        public string? Failing { get; set; }

        public bool AnswersFromACache { get; set; }

        public Cluster Cluster => _registry.Clusters.Single();

        public AffinityStatistics Statistics => Cluster.Feature<AffinityStatistics>()!;

        public void Apply(params string[] names)
        {
            var options = new ClusterOptions { ClusterId = "shop", LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin };
            foreach (var name in names) options.Destinations[name] = new() { Address = $"http://{name}.example/" };
            options.SessionAffinity = new() { Enabled = true, AffinityKeyName = "key" };
            _configure?.Invoke(options.SessionAffinity);
            _registry.Apply(this, [options]);
        }

        public void Update(string name, Func<DestinationStatus, DestinationStatus> change) =>
            Cluster.Update(Cluster.Snapshot.Destinations.Single(d => d.Id == name), "test", change);

        public Task<HttpResponseMessage> AskAsync(HttpRequestMessage request) => _pipeline.SendAsync(request, CancellationToken.None);

        public Task<HttpResponseMessage> AskAsync(RoutedRequestMessage request) => _pipeline.SendAsync(request, CancellationToken.None);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var name = request.RequestUri!.Host[..1];
            Asked.Add(name);
            Cookies.Add(CookieJar.CookiesOf(request));
            if (name == Failing) throw new HttpRequestException("refused");
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            foreach (var (field, value) in Headers) response.Headers.TryAddWithoutValidation(field, value);
            return Task.FromResult(response);
        }
    }

    private sealed class MaybeCache(Stage stage) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            stage.AnswersFromACache ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)) : base.SendAsync(request, cancellationToken);
    }

    private sealed class RetryElsewhere : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException)
            {
                RequestRouting.GetOrCreate(request).Exclude(((RoutedRequestMessage)request).Destination!);
                return await base.SendAsync(request, cancellationToken);
            }
        }
    }
}
