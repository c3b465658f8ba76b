using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Samples.Tests;

/// <summary>Each sample does what its README says.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task HttpClientBalancing_SixRequests_AreSharedByWeight()
    {
        await using var sample = RunningProgram.StartProject("samples/HttpClientBalancing", []);
        Assert.Equal(0, await sample.ExitAsync());
        var answers = sample.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, answers.Length);
        Assert.Equal(2, answers.Count(a => a == "anna answers GET /cart HTTP/1.1"));
        Assert.Equal(4, answers.Count(a => a == "ben answers GET /cart HTTP/1.1"));
    }

    [Fact]
    public async Task CustomPolicy_RequestsOfOneTenant_StayOnOneServer()
    {
        await using var sample = RunningProgram.StartProject("samples/CustomPolicy", []);
        var urls = await PrintedUrlsAsync(sample);
        using var client = new HttpClient { BaseAddress = new Uri(urls[2]) };
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tenant in (string[])["red", "green", "blue", "white", "black", "grey"])
        {
            for (var i = 0; i < 3; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Tenant", tenant } } };
                using var response = await client.SendAsync(request);
                var answer = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
                Assert.Equal(answer, answers.TryAdd(tenant, answer) ? answer : answers[tenant]);
            }
        }

        Assert.True(answers.Values.Distinct(StringComparer.Ordinal).Count() > 1, "All tenants are on one server.");
        Assert.Equal("anna\n", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task CustomAffinity_RequestsOfAnAccount_GoToItsServer()
    {
        await using var sample = RunningProgram.StartProject("samples/CustomAffinity", []);
        using var client = new HttpClient { BaseAddress = new Uri((await PrintedUrlsAsync(sample))[0]) };
        for (var account = 0; account < 12; account++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Account", account.ToString(System.Globalization.CultureInfo.InvariantCulture) } } };
            using var response = await client.SendAsync(request);
            Assert.Equal(((string[])["anna\n", "ben\n", "cora\n"])[account % 3], await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task HashBalancing_RequestsOfOneKey_StayOnOneServer()
    {
        await using var sample = RunningProgram.StartProject("samples/HashBalancing", []);
        using var client = new HttpClient { BaseAddress = new Uri((await PrintedUrlsAsync(sample))[^1]) };
        var servers = new HashSet<string>(StringComparer.Ordinal);
        for (var user = 0; user < 12; user++)
        {
            var answer = await client.GetStringAsync($"/?user={user}");
            for (var i = 0; i < 3; i++) Assert.Equal(answer, await client.GetStringAsync($"/page/{i}?user={user}"));
            servers.Add(answer);
            var cart = await client.GetStringAsync($"/carts/{user}");
            Assert.Equal(cart, await client.GetStringAsync($"/carts/{user}/checkout?user=somebody-else"));
        }

        Assert.Equal(3, servers.Count);
    }

    [Fact]
    public async Task TrafficSplit_UsersWithACookie_StayOnTheirSide()
    {
        await using var sample = RunningProgram.StartProject("samples/TrafficSplit", []);
        var url = (await PrintedUrlsAsync(sample))[1];
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        foreach (var (bucket, side) in (IEnumerable<(int, string)>)[(0, "stable"), (8999, "stable"), (9000, "canary"), (9999, "canary")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "Cookie", $"n2s-split={bucket}" } } };
            using var response = await client.SendAsync(request);
            Assert.StartsWith(side, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }

        using var first = await client.GetAsync(url);
        Assert.StartsWith("n2s-split=", Assert.Single(first.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DirectForwarding_PathsOfItsOwnAndOthers_AreAnsweredAndForwarded()
    {
        await using var sample = RunningProgram.StartProject("samples/DirectForwarding", []);
        var urls = await PrintedUrlsAsync(sample);
        using var client = new HttpClient();
        Assert.Equal("the new shop\n", await client.GetStringAsync(urls[0]));
        Assert.Equal("the old shop got GET /cart by web\n", await client.GetStringAsync(urls[1]));
    }

    [Fact]
    public async Task Mirroring_ARequest_IsAnsweredByTheOldServerAndSeenByTheNew()
    {
        await using var sample = RunningProgram.StartProject("samples/Mirroring", []);
        var urls = await PrintedUrlsAsync(sample);
        using var client = new HttpClient();
        Assert.Equal("the old server answers\n", await client.GetStringAsync(urls[0]));
        await sample.LineAsync("the old server got GET /cart");
        await sample.LineAsync("the new server got a copy of GET /cart");
    }

    [Fact]
    public async Task ResponseCaching_WhatIsAskedForTwice_ReachesTheOriginAsTheWalkSays()
    {
        await using var sample = RunningProgram.StartProject("samples/ResponseCaching", []);
        var urls = await PrintedUrlsAsync(sample);
        using var client = new HttpClient();
        Assert.Equal("answer no. 1 to /clock\n", await client.GetStringAsync(urls[0]));
        Assert.Equal("answer no. 1 to /clock\n", await client.GetStringAsync(urls[0]));
        Assert.Equal("answer no. 1 to /account\n", await client.GetStringAsync(urls[3]));
        Assert.Equal("answer no. 2 to /account\n", await client.GetStringAsync(urls[3]));
        Assert.Equal("answer no. 1 to /item\n", await client.GetStringAsync(urls[5]));
        using var put = await client.PutAsync(urls[6], new StringContent("new"));
        Assert.Equal("answer no. 3 to /item\n", await client.GetStringAsync(urls[5]));
        using var hit = await client.GetAsync(urls[5]);
        Assert.StartsWith("Net2Proxy; hit; ttl=", Assert.Single(hit.Headers.GetValues("Cache-Status")), StringComparison.Ordinal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.GetStringAsync(urls[7])));
        Assert.All(answers, static answer => Assert.Equal("answer no. 1 to /slow\n", answer));
    }

    [Fact]
    public async Task Limits_TenAtOnce_TwoAreSentThreeWaitAndFiveAreRefused()
    {
        await using var sample = RunningProgram.StartProject("samples/Limits", []);
        Assert.Equal(0, await sample.ExitAsync());
        var lines = sample.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Count(l => l.EndsWith(": served", StringComparison.Ordinal)));
        Assert.Equal(5, lines.Count(l => l.EndsWith(": refused, come again in 1 s", StringComparison.Ordinal)));
        Assert.Equal("The server had 2 at a time.", lines[^1]);
    }

    [Fact]
    public async Task Resilience_AServerDies_OnlyThePostInItsHandsFails()
    {
        await using var sample = RunningProgram.StartProject("samples/Resilience", []);
        Assert.Equal(0, await sample.ExitAsync());
        var answers = sample.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.Contains(": ", StringComparison.Ordinal)).ToList();
        Assert.Equal(10, answers.Count);
        Assert.Equal(4, answers.Count(a => a.EndsWith(": POST answered by anna", StringComparison.Ordinal)));
        Assert.Equal(5, answers.Count(a => a.EndsWith(": GET answered by anna", StringComparison.Ordinal)));
        Assert.Single(answers, a => a.EndsWith(": POST failed, since ben may have acted on it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Discovery_ServersBehindNames_AreFoundAndTheirChangesFollowed()
    {
        await using var sample = RunningProgram.StartProject("samples/Discovery", []);
        Assert.Equal(0, await sample.ExitAsync());
        Assert.Equal(
            """
            addresses: anna
            services: anna, ben
            directory: anna, ben
            Another service is registered, and the file is written anew.
            services: anna, ben, cora
            directory: cora
            The file is gone: what was found last stays.
            directory: cora

            """,
            sample.Output);
    }

    [Fact]
    public async Task Weights_SharesByEveryRule_AreThoseOfThePage()
    {
        await using var sample = RunningProgram.StartProject("samples/Weights", []);
        Assert.Equal(0, await sample.ExitAsync());
        var lines = sample.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        var back = lines.Single(l => l.StartsWith("slow start, ben is back: ", StringComparison.Ordinal));
        Assert.InRange(int.Parse(back.Split(' ')[^2], System.Globalization.CultureInfo.InvariantCulture), 9, 49); // 9, where nothing comes between
        lines.Remove(back);
        Assert.Equal(
            [
                "weights 1, 3 and 0: anna 25, ben 75",
                "zones, all well: anna 50, ben 50",
                "zones, one left in ours: ben 50, cora 50",
                "slow start, ben is out: 0 %",
                "slow start, a second later: 50 %",
                "tiers, all well: anna 50, ben 50",
                "tiers, ben is dead: anna 70, ben 0, cora 30 %",
                "tiers, anna too: anna 0, ben 0, cora 100 %",
            ],
            lines);
    }

    [Fact]
    public async Task Health_ServersThatFallIll_AreTakenOutAndBackWithoutARequestLost()
    {
        await using var sample = RunningProgram.StartProject("samples/Health", []);
        Assert.Equal(0, await sample.ExitAsync());
        Assert.Equal(
            """
            probed: 20 requests answered, by anna and ben
            The health page of anna says 500.
            probed: anna is out: 3 probes failed: status 500
            probed: 20 requests answered, by ben
            The health page of anna is well again.
            probed: anna is back: 2 probes passed
            ben hangs up on whoever asks.
            watched: 20 requests answered, by anna
            watched: ben is out: ejected: 5 attempts failed in a row
            ben answers again.
            watched: ben is back: its ejection is over, and one request may try it
            watched: 20 requests answered, by anna and ben

            """,
            sample.Output);
    }

    [Fact]
    public void EverySample_HasAReadmeAndALineInTheList()
    {
        var samples = Path.Combine(Repository.Root, "samples");
        var list = File.ReadAllText(Path.Combine(samples, "README.md"));
        foreach (var sample in Directory.GetDirectories(samples).Where(d => Directory.GetFiles(d, "*.csproj").Length > 0))
        {
            Assert.True(File.Exists(Path.Combine(sample, "README.md")), $"{sample} has no README.md.");
            Assert.Contains($"[{Path.GetFileName(sample)}]", list, StringComparison.Ordinal);
        }
    }

    private static async Task<string[]> PrintedUrlsAsync(RunningProgram sample)
    {
        await sample.LineAsync("Ctrl+C ends it");
        return [.. sample.Output.Split('\n').Where(l => l.Contains("curl ", StringComparison.Ordinal)).Select(l => l.Split(' ')[^1])];
    }
}
