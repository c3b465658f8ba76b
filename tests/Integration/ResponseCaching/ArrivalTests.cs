using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>Responses on their way from the origin to clients and into the store: what comes before them, behind them, and in the middle of them.</summary>
/// <param name="copies">The store copies bodies.</param>
public abstract class ArrivalTests(bool copies) : IAsyncLifetime
{
    // Unlike any other time in the proxy, so that its timers can be told.
    private static readonly TimeSpan Coalescing = TimeSpan.FromSeconds(7.5);

    private CachedProxy _proxy = null!;

    // Traffic is watched where there is somebody else to compare with; the spare takes none.
    public async ValueTask InitializeAsync() => _proxy = await CachedProxy.StartAsync(copies, r => r.ResponseCache!.CoalescingTimeout = Coalescing, c =>
    {
        c.Destinations["spare"] = new() { Address = "http://127.0.0.1:1/", Weight = 0 };
        c.HttpRequest = new() { ActivityTimeout = TimeSpan.FromSeconds(15) };
    });

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task InterimResponses_GoBeforeTheMissAtOnceAndNeverBeforeAHit()
    {
        var (story, gate) = (_proxy.Case(), new TaskCompletionSource());
        story.Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Interim: 1\r\n\r\n");
            await gate.Task;
            await connection.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n" + story.Head("200 OK", "Cache-Control: max-age=60") + "Content-Length: 3\r\n\r\none");
        });
        using (var client = await story.StartAsync())
        {
            Assert.Equal(102, (await client.ReadMessageAsync()).Status);
            var first = await client.ReadMessageAsync();
            Assert.Equal((103, "</a>", "1"), (first.Status, first.Value("Link"), first.Value("X-Interim")));
            gate.SetResult();
            Assert.Equal("</b>", (await client.ReadMessageAsync()).Value("Link"));
            AssertPlain(await client.ReadMessageAsync());
        }

        using var other = await story.StartAsync();
        AssertPlain(await other.ReadMessageAsync());
        Assert.Equal(1, story.Asked);

        static void AssertPlain(RawMessage answer) => Assert.Equal((200, "one", false, false), (answer.Status, answer.Body, answer.Has("Link"), answer.Has("X-Interim")));
    }

    [Fact]
    public async Task InterimResponses_AreNotForAnHttp10Client()
    {
        var story = _proxy.Case().Answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n\r\none");
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"GET {story.Path} HTTP/1.0\r\nHost: shop.example\r\n\r\n");
        Assert.Equal((200, "one"), Of(await client.ReadMessageAsync()));
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n", false)]
    [InlineData("\r\nabcde", true)]
    [InlineData("Content-Length: 5\r\n\r\nabcdefgh", true)]
    public async Task Body_HoweverItIsFramed_IsPassedOnAndStored(string framed, bool ends)
    {
        var story = _proxy.Case().Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + framed);
            if (ends) await connection.FinishAsync();
        });
        var miss = await story.GetAsync();
        var hit = await story.GetAsync();
        Assert.Equal(("abcde", "abcde"), (miss.Content, hit.Content));
        Assert.Equal(1, story.Asked);
        // What is stored is known to be of this length; trailer fields are of the one delivery.
        Assert.Equal(("5", false), (hit.Value("Content-Length"), hit.Has("Transfer-Encoding")));
        if (framed.Contains("X-Sum", StringComparison.Ordinal)) Assert.Equal(["X-Sum: 1"], miss.Trailers);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n")]
    public async Task Body_ThatEndsEarly_IsCutForTheClientStoredForNobodyAndToldToHealth(string framed)
    {
        var seen = new TaskCompletionSource();
        var story = _proxy.Case().Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + framed);
            await seen.Task;
            await connection.FinishAsync();
        });
        using (var client = await story.StartAsync())
        {
            await client.ReadUntilAsync("half");
            seen.SetResult();
            var text = await client.WaitForEndAsync();
            Assert.False(text.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "A cut body was ended as if it were whole.");
        }

        await Eventually.TrueAsync(() => Traffic is { Requests: 1, Failures: 1, Waiting: 0 });
        story.Ok("whole", "Cache-Control: max-age=60");
        Assert.Equal("whole", (await story.GetAsync()).Body);
    }

    [Fact]
    public async Task Origin_ThatIsSilent_Is504AndToldToHealth()
    {
        var asked = new TaskCompletionSource();
        var story = _proxy.Case().Answer(async (connection, _) =>
        {
            asked.SetResult();
            await connection.WaitForEndAsync();
        });
        using var client = await story.StartAsync();
        await asked.Task.WaitAsync(Forwarding.ProxyUnderTest.Patience);
        _proxy.Pass(16);
        Assert.Equal(504, (await client.ReadMessageAsync()).Status);
        await Eventually.TrueAsync(() => Traffic is { Requests: 1, Failures: 1, Waiting: 0 });
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task Origin_ThatStopsHalfWay_IsCutAndToldToHealth(string framed)
    {
        var story = _proxy.Case().Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + framed);
            await connection.WaitForEndAsync();
        });
        using var client = await story.StartAsync();
        await client.ReadUntilAsync("half");
        _proxy.Pass(16);
        await client.WaitForEndAsync();
        await Eventually.TrueAsync(() => Traffic is { Failures: 1, Waiting: 0 });
        story.Ok("whole");
        Assert.Equal("whole", (await story.GetAsync()).Body);
    }

    [Fact]
    public async Task Origin_ThatStopsHalfWay_IsWaitedForByNobodyElseOnceOneHasGivenUp()
    {
        var story = _proxy.Case().Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nhalf");
            await connection.WaitForEndAsync();
        }).Ok("whole");
        using var leader = await story.StartAsync();
        await leader.ReadUntilAsync("half");
        using var follower = await story.StartAsync();
        await follower.ReadUntilAsync("half");
        leader.Reset();
        _proxy.Pass(16);
        await follower.WaitForEndAsync();
        Assert.Equal("whole", (await story.GetAsync()).Body);
        await Eventually.TrueAsync(() => Traffic is { Failures: 1, Waiting: 0 });
    }

    [Fact]
    public async Task ServerSentEvents_ArePassedOnAtOnceAndEndWithTheClient()
    {
        foreach (var fields in new[] { "Cache-Control: no-cache", "X-None: 1", "Cache-Control: max-age=60" })
        {
            var (story, gate, ended) = (_proxy.Case(), new SemaphoreSlim(0), new TaskCompletionSource());
            story.Answer(async (connection, _) =>
            {
                await connection.SendAsync(story.Head("200 OK", "Content-Type: text/event-stream|" + fields) + "Transfer-Encoding: chunked\r\n\r\n");
                for (var i = 1; i <= 3; i++)
                {
                    await connection.SendAsync($"9\r\ndata: {i}\n\n\r\n");
                    await gate.WaitAsync();
                }

                await connection.WaitForEndAsync();
                ended.SetResult();
            });
            using (var client = await story.StartAsync())
            {
                for (var i = 1; i <= 3; i++)
                {
                    await client.ReadUntilAsync($"data: {i}\n\n");
                    gate.Release();
                }
            }

            await ended.Task.WaitAsync(Forwarding.ProxyUnderTest.Patience);
            story.Ok("anew");
            Assert.Equal("anew", (await story.GetAsync()).Body);
        }
    }

    [Theory]
    [InlineData("Content-Length: 8\r\n\r\n", "half", "half", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "4\r\nhalf\r\n", "4\r\nhalf\r\n0\r\n\r\n", false)]
    public async Task Client_ThatLeavesAlone_HasItStoredWhereItsEndIsKnown(string framing, string one, string rest, bool isStored)
    {
        var (gone, sent) = (new TaskCompletionSource(), new TaskCompletionSource());
        var story = _proxy.Case().Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + framing + one);
            await gone.Task;
            if (isStored) await connection.SendAsync(rest);
            // Where nobody wants the rest the connection ends.
            else await connection.WaitForEndAsync();
            sent.SetResult();
        });
        using (var client = await story.StartAsync())
        {
            await client.ReadUntilAsync("half");
            client.Reset();
        }

        gone.SetResult();
        await sent.Task.WaitAsync(Forwarding.ProxyUnderTest.Patience);
        story.Ok("anew");
        var next = await story.GetAsync();
        Assert.Equal(isStored ? "halfhalf" : "anew", next.Content);
        // Leaving is no fault of the destination.
        Assert.Equal(0, Traffic.Failures);
    }

    [Fact]
    public async Task Leader_ThatLeaves_LeavesItsFollowersTheResponse()
    {
        var gate = new TaskCompletionSource();
        var story = _proxy.Case().Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
            await gate.Task;
            await connection.SendAsync("3\r\ntwo\r\n0\r\n\r\n");
        });
        var leader = await story.StartAsync();
        await leader.ReadUntilAsync("one");
        using var follower = await story.StartAsync();
        await follower.ReadUntilAsync("one");
        leader.Reset();
        gate.SetResult();
        await follower.ReadUntilAsync("two");
        Assert.Equal("onetwo", (await story.GetAsync()).Content);
        Assert.Equal(1, story.Asked);
    }

    [Fact]
    public async Task ManyClients_OnAColdKey_AreOneRequestAtTheOrigin()
    {
        const int count = 500;
        var (gate, story) = (new TaskCompletionSource(), _proxy.Case());
        story.Answer(async (connection, _) =>
        {
            await gate.Task;
            await connection.SendAsync(story.Head("200 OK", "Cache-Control: max-age=60") + "Content-Length: 3\r\n\r\none");
        });
        var clients = new List<RawConnection>();
        for (var i = 0; i < count; i++) clients.Add(await story.StartAsync());
        await FollowingAsync(count - 1);
        gate.SetResult();
        foreach (var client in clients) Assert.Equal((200, "one"), Of(await client.ReadMessageAsync()));
        Assert.Equal(1, story.Asked);
        clients.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Leader_ThatIsStuck_HoldsNobodyForLongerThanIsSet()
    {
        var (stuck, story) = (new TaskCompletionSource(), _proxy.Case());
        story.Answer(async (connection, _) =>
        {
            stuck.SetResult();
            await connection.WaitForEndAsync();
        }).Ok("two", "Cache-Control: max-age=60");
        using var leader = await story.StartAsync();
        await stuck.Task.WaitAsync(Forwarding.ProxyUnderTest.Patience);
        using var follower = await story.StartAsync();
        await FollowingAsync(1);
        Assert.Equal(1, story.Asked);
        _proxy.Time.Advance(Coalescing);
        Assert.Equal((200, "two"), Of(await follower.ReadMessageAsync()));
        Assert.Equal(2, story.Asked);
    }

    [Fact]
    public async Task Leader_WhoseAnswerIsItsOwn_LetsEachAskForItself()
    {
        var (gate, story) = (new TaskCompletionSource(), _proxy.Case());
        story.Answer(async (connection, _) =>
        {
            await gate.Task;
            await connection.SendAsync(story.Head("200 OK", "Cache-Control: private") + "Content-Length: 1\r\n\r\n0");
        });
        for (var i = 1; i < 5; i++) story.Ok($"{i}", "Cache-Control: private");
        var clients = new List<RawConnection>();
        for (var i = 0; i < 5; i++) clients.Add(await story.StartAsync());
        await FollowingAsync(4);
        gate.SetResult();
        var bodies = new List<string>();
        foreach (var client in clients) bodies.Add((await client.ReadMessageAsync()).Body);
        Assert.Equal(["0", "1", "2", "3", "4"], bodies.Order(StringComparer.Ordinal));
        clients.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Origin_ThatCannotBeReached_IsAskedOnceForAllWhoWait()
    {
        var (gate, story) = (new TaskCompletionSource(), _proxy.Case());
        story.Answer(async (connection, _) =>
        {
            await gate.Task;
            connection.Reset();
        });
        var clients = new List<RawConnection>();
        for (var i = 0; i < 5; i++) clients.Add(await story.StartAsync());
        await FollowingAsync(4);
        gate.SetResult();
        foreach (var client in clients) Assert.Equal(502, (await client.ReadMessageAsync()).Status);
        Assert.Equal(1, story.Asked);
        clients.ForEach(static client => client.Dispose());
    }

    // One who follows has a timer for how long.
    private Task FollowingAsync(int count) => Eventually.TrueAsync(() => _proxy.Time.DueIn(Coalescing) == count);

    private TrafficSummary Traffic => _proxy.Proxy.Services.GetRequiredService<IHealthReader>().Find("backend")!.Destinations.Single(static d => d.Id == "only").Traffic;

    private static (int Status, string Body) Of(RawMessage answer) => (answer.Status, answer.Body);
}

/// <summary>Over the store in memory.</summary>
public sealed class ArrivalInMemoryTests() : ArrivalTests(copies: false);

/// <summary>Over a store that copies.</summary>
public sealed class ArrivalInCopiesTests() : ArrivalTests(copies: true);
