using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Splitting;

public sealed class SplitTests
{
    [Fact]
    public async Task Cookie_NewUser_GetsASideByWeightAndACookieThatKeepsIt()
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable", "Weight": 9 }, { "ClusterId": "canary" } ] }""");
        using var client = await proxy.StartAsync();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < 1000; i++)
        {
            using var first = await client.GetAsync("/");
            var side = await first.Content.ReadAsStringAsync();
            counts[side] = counts.GetValueOrDefault(side) + 1;
            if (i % 50 != 0) continue;
            using var again = await SendAsync(client, "Cookie", CookieOf(first));
            Assert.Equal(side, await again.Content.ReadAsStringAsync());
            Assert.Equal(["theirs=1"], again.Headers.GetValues("Set-Cookie"));
        }

        Assert.InRange(counts["canary"], 70, 130);
    }

    [Fact]
    public async Task Cookie_HoldsABucketAndSafeAttributes()
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "CookieLifetime": "30.00:00:00" }""");
        using var client = await proxy.StartAsync();
        using var response = await client.GetAsync("/");
        Assert.Matches("^n2s-split=[0-9]{1,4}; max-age=2592000; path=/; samesite=lax; httponly$", Assert.Single(response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("n2s-split", StringComparison.Ordinal)));

        // Beside what the destination sets, which is not lost.
        Assert.Contains("theirs=1", response.Headers.GetValues("Set-Cookie"));
    }

    [Theory]
    [InlineData("n2s-split=0", "stable")]
    [InlineData("n2s-split=8999", "stable")]
    [InlineData("n2s-split=9000", "canary")]
    [InlineData("a=b; n2s-split=9999; c=d", "canary")]
    [InlineData("xn2s-split=9999; n2s-split=1", "stable")]
    [InlineData("n2s-split=x; n2s-split=9999", "canary")]
    public async Task Cookie_OfTheRequest_DecidesTheSide(string cookie, string side)
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable", "Weight": 90 }, { "ClusterId": "canary", "Weight": 10 } ] }""");
        using var client = await proxy.StartAsync();
        using var response = await SendAsync(client, "Cookie", cookie);
        Assert.Equal(side, await response.Content.ReadAsStringAsync());
        Assert.DoesNotContain(response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("n2s-split", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("n2s-split=")]
    [InlineData("n2s-split=10000")]
    [InlineData("n2s-split=-1")]
    [InlineData("n2s-split=+1")]
    [InlineData("n2s-split=1e3")]
    [InlineData("n2s-split=99999999999999999999")]
    [InlineData("n2s-split")]
    [InlineData("N2S-SPLIT=1")]
    public async Task Cookie_ThatIsNoBucket_IsReplaced(string cookie)
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ] }""");
        using var client = await proxy.StartAsync();
        using var response = await SendAsync(client, "Cookie", cookie);
        Assert.Contains(response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("n2s-split=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Header_SameValue_StaysOnOneSide()
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "StickBy": "Header", "KeyName": "X-Customer" }""");
        using var client = await proxy.StartAsync();
        var sides = new HashSet<string>(StringComparer.Ordinal);
        for (var customer = 0; customer < 20; customer++)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < 3; i++)
            {
                using var response = await SendAsync(client, "X-Customer", customer.ToString(CultureInfo.InvariantCulture));
                seen.Add(await response.Content.ReadAsStringAsync());
                Assert.Equal(["theirs=1"], response.Headers.GetValues("Set-Cookie"));
            }

            sides.Add(Assert.Single(seen));
        }

        Assert.Equal(2, sides.Count);
    }

    [Theory]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void ClientAddress_OneClient_IsOneBucket(string one, string other, bool same)
    {
        var reader = new SplitBucketReader(new SplitOptions { StickBy = SplitKey.ClientAddress }, new Zero());
        Assert.Equal(same, Read(one) == Read(other));

        int? Read(string address) => reader.TryRead(new Microsoft.AspNetCore.Http.DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } });
    }

    [Theory]
    [InlineData("StickBy\": \"None")]
    [InlineData("StickBy\": \"ClientAddress")] // the test server has no addresses
    public async Task NoKey_EachRequestGoesByChanceWithoutACookie(string setting)
    {
        await using var proxy = Create($$"""{ "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "{{setting}}" }""");
        using var client = await proxy.StartAsync();
        var sides = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 40; i++)
        {
            using var response = await client.GetAsync("/");
            sides.Add(await response.Content.ReadAsStringAsync());
            Assert.Equal(["theirs=1"], response.Headers.GetValues("Set-Cookie"));
        }

        Assert.Equal(2, sides.Count);
    }

    [Fact]
    public async Task Fallback_SideWithoutAnybody_GoesToTheOthersByTheirWeights()
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable", "Weight": 40 }, { "ClusterId": "empty", "Weight": 40 }, { "ClusterId": "canary", "Weight": 20 } ] }""");
        using var client = await proxy.StartAsync();
        foreach (var (bucket, side) in (IEnumerable<(int, string)>)[(0, "stable"), (3999, "stable"), (4000, "stable"), (6666, "stable"), (6667, "canary"), (7999, "canary"), (9999, "canary")])
        {
            using var response = await SendAsync(client, "Cookie", $"n2s-split={bucket}");
            Assert.Equal(side, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Fallback_None_Is503()
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "empty" } ], "Fallback": "None" }""");
        using var client = await proxy.StartAsync();
        using var response = await SendAsync(client, "Cookie", "n2s-split=9999");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task Explain_Split_NamesTheSidesAndTheOneOfTheRequest()
    {
        await using var proxy = Create("""{ "Clusters": [ { "ClusterId": "stable", "Weight": 95 }, { "ClusterId": "canary", "Weight": 5 } ] }""");
        var anybody = await proxy.Inspector.ExplainAsync("GET", new Uri("http://x/"), []);
        Assert.Equal([new("stable", 0.95), new("canary", 0.05)], anybody.Split);
        Assert.Equal("stable", anybody.Cluster?.ClusterId);
        var somebody = await proxy.Inspector.ExplainAsync("GET", new Uri("http://x/"), [new("Cookie", "n2s-split=9999")]);
        Assert.Equal("canary", somebody.Cluster?.ClusterId);
    }

    [Fact]
    public async Task Subset_OfTheRoute_TravelsWithTheRequest()
    {
        DestinationSubset? seen = null;
        await using var proxy = ConfiguredProxy.FromJson(
            """{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" }, "Subset": { "version": "v2" } } }, "Clusters": { "c": {} } } }""",
            answer: request =>
            {
                seen = ((RoutedRequestMessage)request).Subset;
                return new HttpResponseMessage();
            });
        using var client = await proxy.StartAsync();
        using var response = await client.GetAsync("/");
        Assert.Equal("version=v2", seen?.ToString());
    }

    [Theory]
    [InlineData("ClusterId", """ "ClusterId": "stable", "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ] } """, "stands beside Split")]
    [InlineData("Split:Clusters", """ "Split": { "Clusters": [ { "ClusterId": "stable" } ] } """, "2 to 16 are expected")]
    [InlineData("Split:Clusters:1:ClusterId", """ "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canry" } ] } """, "Did you mean 'canary'")]
    [InlineData("Split:Clusters:1:ClusterId", """ "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "STABLE" } ] } """, "is there twice")]
    [InlineData("Split:Clusters", """ "Split": { "Clusters": [ { "ClusterId": "stable", "Weight": 0 }, { "ClusterId": "canary", "Weight": 0 } ] } """, "no weight above 0")]
    [InlineData("Split:Clusters:1:Weight", """ "Split": { "Clusters": [ { "ClusterId": "stable", "Weight": 20000 }, { "ClusterId": "canary" } ] } """, "less than one in 10000")]
    [InlineData("Split:KeyName", """ "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "StickBy": "Header" } """, "is required")]
    [InlineData("Split:KeyName", """ "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "KeyName": "a b" } """, "is not allowed")]
    [InlineData("Split:KeyName", """ "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "StickBy": "None", "KeyName": "a" } """, "has no meaning")]
    [InlineData("Split:CookieLifetime", """ "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "StickBy": "None", "CookieLifetime": "01:00:00" } """, "has no meaning")]
    [InlineData("Split:StickBy", """ "Split": { "Clusters": [ { "ClusterId": "stable" }, { "ClusterId": "canary" } ], "StickBy": "Cooky" } """, "one of Cookie, Header")]
    [InlineData("Subset:version", """ "ClusterId": "stable", "Subset": { "version": "" } """, "is empty")]
    [InlineData("Subset", """ "ClusterId": "stable", "Subset": { "a": "1", "b": "1", "c": "1", "d": "1", "e": "1", "f": "1" } """, "up to 5")]
    public void Settings_ThatCannotBe_AreRefused(string path, string route, string message) =>
        Assert.Contains(ConfiguredProxy.ErrorsOf(Json(route)), e => e.Path == "Net2Proxy:Routes:r:" + path && e.Message.Contains(message, StringComparison.Ordinal));

    private static string Json(string route) => $$"""
        { "Net2Proxy": { "Routes": { "r": { "Match": { "Path": "/" }, {{route}} } },
          "Clusters": { "stable": { "Destinations": { "s": { "Address": "http://s.example/" } } }, "canary": { "Destinations": { "c": { "Address": "http://c.example/" } } }, "empty": {} } } }
        """;

    private static ConfiguredProxy Create(string split) => ConfiguredProxy.FromJson(
        Json("\"Split\": " + split),
        builder =>
        {
            builder.Services.AddSingleton<RandomSource>(new Seeded());
            builder.Services.AddSingleton<IClusterHandlerFactory>(new Naming());
        });

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string name, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    private static string CookieOf(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("n2s-split", StringComparison.Ordinal)).Split(';')[0];

    /// <summary>Answers with the name of the cluster, where it has a destination.</summary>
    private sealed class Naming : IClusterHandlerFactory
    {
        public DelegatingHandler? Create(ProxyClusterOptions cluster) => cluster.Destinations.Count == 0 ? null : new Handler(cluster.ClusterId);

        private sealed class Handler(string name) : DelegatingHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
                Task.FromResult(new HttpResponseMessage { Content = new StringContent(name), Headers = { { "Set-Cookie", "theirs=1" } } });
        }
    }

    private sealed class Seeded : RandomSource
    {
        private readonly Random _random = new(17);
        private readonly Lock _lock = new();

        public override int Next(int exclusiveMax)
        {
            lock (_lock) return _random.Next(exclusiveMax);
        }

        public override double NextDouble()
        {
            lock (_lock) return _random.NextDouble();
        }
    }

    private sealed class Zero : RandomSource
    {
        public override int Next(int exclusiveMax) => 0;

        public override double NextDouble() => 0;
    }
}
