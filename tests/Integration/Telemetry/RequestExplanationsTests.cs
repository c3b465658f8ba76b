using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Telemetry;

/// <summary>Why requests of a real proxy went where they went.</summary>
public sealed class RequestExplanationsTests
{
    private const string Refused = "http://127.0.0.1:1/";

    [Fact]
    public async Task Request_TriedTwice_IsExplainedWithBothAttempts()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(static context => context.Response.WriteAsync("12345"));
        await using var proxy = await StartAsync(new() { Enabled = true }, ("dead", Refused, 1), ("live", backend.Urls.First(), 1), ("idle", Refused, 0));
        using var client = proxy.CreateClient();
        using var response = await client.PostAsync(new Uri("/cart?token=secret", UriKind.Relative), new StringContent("123"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Server-Timing"));

        var told = await NextAsync(proxy);
        Assert.Equal(("POST", "/cart?token=*", "all", "backend", "live", 200, null), (told.Method, told.Target, told.RouteId, told.ClusterId, told.DestinationId, told.Status, told.Failure));
        Assert.Equal((3, 5, LoadBalancingPolicyNames.First), (told.ReceivedBytes, told.SentBytes, told.LoadBalancingPolicy));
        Assert.Equal(
            [new CandidateExplanation("dead", 0.5, null), new("idle", 0, CandidateExclusions.Weight), new("live", 0.5, null)],
            told.Candidates.OrderBy(static c => c.DestinationId, StringComparer.Ordinal));
        Assert.Equal(
            [(1, "dead", 0, AttemptFailureKinds.ConnectionRefused), (2, "live", 200, null)],
            told.Attempts.Select(static a => (a.Number, a.DestinationId, a.Status, a.Failure)));
        Assert.Equal(2, told.AttemptCount);
        Assert.True(told.Attempts[0].Start <= told.Attempts[1].Start && told.Attempts[1].Start + told.Attempts[1].Duration <= told.Duration);
        Assert.Single(Find(proxy, new() { DestinationId = "dead" }));
        Assert.Empty(Find(proxy, new() { Kind = RequestExplanationKind.Failed }));
    }

    [Fact]
    public async Task Request_WithNobodyToGoTo_IsExplainedByTheExclusions()
    {
        await using var proxy = await StartAsync(new() { Enabled = true }, ("a", Refused, 1), ("b", Refused, 0));
        Assert.True(proxy.Services.GetRequiredService<IDestinationControl>().Force("backend", "a", DestinationOverride.Unhealthy, "a test"));
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var told = Assert.Single(await UntilAsync(proxy, new() { Kind = RequestExplanationKind.Failed }));
        Assert.Equal((503, AttemptFailureKinds.DestinationUnavailable, 0), (told.Status, told.Failure, told.AttemptCount));
        Assert.Equal([new CandidateExplanation("a", 0, CandidateExclusions.Operator), new("b", 0, CandidateExclusions.Weight)], told.Candidates.OrderBy(static c => c.DestinationId, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Request_Hedged_IsExplainedWithAttemptsSideBySide()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await ProxyUnderTest.StartBackendAsync(async context => await held.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        await using var fast = await ProxyUnderTest.StartBackendAsync(static context => context.Response.WriteAsync("12345"));
        await using var proxy = await StartAsync(
            new() { Enabled = true }, static c => c.Resilience = new() { Hedging = new() { Enabled = true, Delay = TimeSpan.FromMilliseconds(20) } },
            ("slow", slow.Urls.First(), 1), ("fast", fast.Urls.First(), 1));
        using var client = proxy.CreateClient();
        Assert.Equal("12345", await client.GetStringAsync(new Uri("/hedged", UriKind.Relative)));
        var told = await NextAsync(proxy);
        held.SetResult();
        Assert.Equal(("fast", 200, 2), (told.DestinationId, told.Status, told.AttemptCount));
        Assert.Equal([(1, "slow"), (2, "fast")], told.Attempts.Select(static a => (a.Number, a.DestinationId)));
        Assert.Equal(200, told.Attempts[1].Status);
        Assert.NotEqual(200, told.Attempts[0].Status);
    }

    [Fact]
    public async Task Request_ThatFindsNoRoom_IsExplainedByWhoIsFull()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var backend = await ProxyUnderTest.StartBackendAsync(async context =>
        {
            asked.TrySetResult();
            await held.Task.WaitAsync(ProxyUnderTest.Patience);
        });
        await using var proxy = await StartAsync(
            new() { Enabled = true }, static c => c.Limits = new() { MaxRequestsPerDestination = 1, MaxQueue = 0 }, ("busy", backend.Urls.First(), 1));
        using var client = proxy.CreateClient();
        var first = client.GetAsync(new Uri("/first", UriKind.Relative));
        await asked.Task.WaitAsync(ProxyUnderTest.Patience);
        using (var refused = await client.GetAsync(new Uri("/second", UriKind.Relative))) Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        var told = (await UntilAsync(proxy, new() { Kind = RequestExplanationKind.Failed }))[0];
        held.SetResult();
        (await first).Dispose();
        Assert.Equal(("/second", AttemptFailureKinds.ConnectionLimitReached, 0), (told.Target, told.Failure, told.AttemptCount));
        Assert.Equal([new CandidateExplanation("busy", 1, CandidateExclusions.Full)], told.Candidates);
    }

    [Fact]
    public async Task Caller_ThatIsTrusted_IsToldInTheFieldsOfTheAnswer()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(static context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return context.Response.WriteAsync("12345");
        });
        // Even where no request has a record by itself.
        await using var proxy = await StartAsync(new() { Enabled = true, Sample = 1_000_000, TrustedCallers = { "127.0.0.0/8" } }, ("dead", Refused, 1), ("live \"1\"", backend.Urls.First(), 1));
        using var client = proxy.CreateClient();
        using (var missed = await client.GetAsync(new Uri("/cached", UriKind.Relative)))
        {
            Assert.Equal("net2; next-hop=\"live \\\"1\\\"\"; received-status=200; details=\"2 attempts\"", Field(missed, "Proxy-Status"));
            Assert.Equal("Net2Proxy; fwd=uri-miss; stored", Field(missed, "Cache-Status"));
            Assert.Matches("^net2;dur=[0-9.]+, attempt1;desc=\"dead connection_refused\";dur=[0-9.]+, attempt2;desc=\"live \\\\\"1\\\\\"\";dur=[0-9.]+, cache;desc=\"fwd=uri-miss; stored\"$", Field(missed, "Server-Timing"));
        }

        using (var hit = await client.GetAsync(new Uri("/cached", UriKind.Relative)))
        {
            Assert.Matches("^Net2Proxy; hit; ttl=(60|5[0-9])$", Field(hit, "Cache-Status"));
            Assert.Equal("net2", Field(hit, "Proxy-Status"));
        }

        Assert.Matches("^hit; ttl=", (await UntilAsync(proxy, new(), 2))[0].Cache);
    }

    [Fact]
    public async Task Failure_ToldToATrustedCaller_IsToldOnce()
    {
        await using var proxy = await StartAsync(new() { Enabled = true, TrustedCallers = { "127.0.0.1" } }, ("dead", Refused, 1));
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal($"net2; error={(await NextAsync(proxy)).Failure}; next-hop=\"dead\"", Field(response, "Proxy-Status").Split("; details")[0]);
    }

    [Fact]
    public async Task Spans_CarryTheRecord()
    {
        using var spans = new CollectedSpans();
        await using var backend = await ProxyUnderTest.StartBackendAsync(static context => context.Response.WriteAsync("12345"));
        await using var proxy = await StartAsync(new() { Enabled = true }, ("dead", Refused, 1), ("live", backend.Urls.First(), 1));
        using var client = proxy.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("traceparent", spans.TraceParent);
        using var response = await client.SendAsync(request);
        var server = (await spans.TakeAsync(3))[^1];
        Assert.Equal(["dead 0.5", "live 0.5"], (string[])server.GetTagItem("net2.candidates")!);
        Assert.Equal(["dead connection_refused", "live 200"], (string[])server.GetTagItem("net2.attempts")!);
        Assert.Equal(spans.TraceId.ToString(), (await NextAsync(proxy)).TraceId);
    }

    [Fact]
    public async Task Request_WhileSwitchedOff_LeavesNothingBehind()
    {
        await using var proxy = await StartAsync(new() { TrustedCallers = { "127.0.0.1" } }, ("dead", Refused, 1));
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.False(response.Headers.Contains("Proxy-Status"));
        Assert.False(proxy.Services.GetRequiredService<IRequestExplanations>().IsEnabled);
        Assert.Empty(Find(proxy, new()));
    }

    private static string Field(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private static async Task<RequestExplanation> NextAsync(ProxyUnderTest proxy) => (await UntilAsync(proxy, new()))[0];

    // The response may be here before its record is.
    private static async Task<IReadOnlyList<RequestExplanation>> UntilAsync(ProxyUnderTest proxy, RequestExplanationQuery query, int count = 1)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (true)
        {
            if (Find(proxy, query) is { } found && found.Count >= count) return found;
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static IReadOnlyList<RequestExplanation> Find(ProxyUnderTest proxy, RequestExplanationQuery query) => proxy.Services.GetRequiredService<IRequestExplanations>().Find(query);

    private static Task<ProxyUnderTest> StartAsync(ExplainOptions options, params (string Id, string Address, int Weight)[] destinations) =>
        StartAsync(options, static _ => { }, destinations);

    private static Task<ProxyUnderTest> StartAsync(ExplainOptions options, Action<ProxyClusterOptions> configure, params (string Id, string Address, int Weight)[] destinations) => ProxyUnderTest.StartAsync(
        new Uri(Refused),
        route: static r => r.ResponseCache = new() { Enabled = true },
        cluster: c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.First;
            configure(c);
            c.Destinations.Clear();
            foreach (var (id, address, weight) in destinations) c.Destinations[id] = new() { Address = address, Weight = weight };
        },
        proxy: builder => builder.Services.Configure<ExplainOptions>(o =>
        {
            (o.Enabled, o.Sample) = (options.Enabled, options.Sample);
            o.TrustedCallers = options.TrustedCallers;
        }));
}
