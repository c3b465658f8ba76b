using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Telemetry;

/// <summary>Spans of a real proxy, and what its destinations see of them.</summary>
public sealed class TracingTests
{
    [Fact]
    public async Task Request_OfATrace_HasOneServerSpanAndOneAttemptWhoseContextTheDestinationGets()
    {
        using var spans = new CollectedSpans();
        await using var proxy = await ProxyUnderTest.StartAsync(EchoContextAsync);
        using var client = proxy.CreateClient();
        var seen = await SendAsync(client, spans.TraceParent, "vendor=1", "user=7", "/a/b?token=secret");

        var ended = await spans.TakeAsync(2);
        var (attempt, server) = (ended[0], ended[1]);
        Assert.Equal((ActivityKind.Server, spans.SpanId), (server.Kind, server.ParentSpanId));
        Assert.Equal((ActivityKind.Client, server.SpanId), (attempt.Kind, attempt.ParentSpanId));
        Assert.Equal($"00-{spans.TraceId}-{attempt.SpanId}-01|vendor=1|user=7", seen);
        Assert.Equal("GET /{**rest}", server.DisplayName);
        Assert.Equal("GET", attempt.DisplayName);
        Assert.Equal(
            ["client.address=127.0.0.1", "http.request.method=GET", "http.response.status_code=200", "http.route=/{**rest}", "net2.cluster.id=backend", "net2.destination.id=only", "net2.route.id=all",
                "network.protocol.version=1.1", "server.address=127.0.0.1", $"server.port={proxy.Address.Port}", "url.path=/a/b", "url.scheme=http"],
            Tags(server));
        Assert.Equal(
            ["http.request.method=GET", "http.response.status_code=200", "net2.cluster.id=backend", "net2.destination.id=only", "network.protocol.version=1.1", "server.address=127.0.0.1",
                $"server.port={proxy.BackendAddress!.Port}", $"url.full=http://127.0.0.1:{proxy.BackendAddress.Port}/a/b?*"],
            Tags(attempt));
    }

    [Fact]
    public async Task Request_OverHttp2ToTheDestination_CarriesTheContextOfTheAttempt()
    {
        using var spans = new CollectedSpans();
        await using var proxy = await ProxyUnderTest.StartAsync(
            EchoContextAsync, cluster: c => c.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
            backendProtocols: Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        using var client = proxy.CreateClient();
        var seen = await SendAsync(client, spans.TraceParent, null, null);
        var attempt = (await spans.TakeAsync(2))[0];
        Assert.Equal($"00-{spans.TraceId}-{attempt.SpanId}-01||", seen);
        Assert.Contains("network.protocol.version=2", Tags(attempt));
    }

    [Fact]
    public async Task Context_OfATraceNobodyRecords_PassesUnchanged()
    {
        using var spans = new CollectedSpans();
        await using var proxy = await ProxyUnderTest.StartAsync(EchoContextAsync);
        using var client = proxy.CreateClient();
        const string other = "00-11111111111111111111111111111111-2222222222222222-00";
        Assert.Equal($"{other}|vendor=1|user=7", await SendAsync(client, other, "vendor=1", "user=7"));
    }

    [Theory]
    [InlineData(TraceContextMode.PassThrough)]
    [InlineData(TraceContextMode.Drop)]
    public async Task Context_NotToBePropagated_IsPassedOrDropped(TraceContextMode mode)
    {
        using var spans = new CollectedSpans();
        await using var proxy = await ProxyUnderTest.StartAsync(
            EchoContextAsync, proxy: builder => builder.Services.Configure<ForwardingOptions>(o => o.TraceContext = mode));
        using var client = proxy.CreateClient();
        var seen = await SendAsync(client, spans.TraceParent, "vendor=1", "user=7");
        if (mode == TraceContextMode.Drop)
        {
            Assert.Equal("||", seen);
            return;
        }

        Assert.Equal($"{spans.TraceParent}|vendor=1|user=7", seen);
        // The proxy's own spans are made all the same.
        Assert.Equal(2, (await spans.TakeAsync(2)).Count);
    }

    [Fact]
    public async Task Retry_IsASiblingWithItsNumber_AndEachDestinationSeesItsOwnAttempt()
    {
        using var spans = new CollectedSpans();
        var parents = new List<string>();
        await using var other = await ProxyUnderTest.StartBackendAsync(context =>
        {
            lock (parents) parents.Add(context.Request.Headers.TraceParent.ToString());
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var proxy = await ProxyUnderTest.StartAsync(EchoContextAsync, cluster: c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.FirstAlphabetical;
            c.Destinations["bad"] = new() { Address = other.Urls.First() };
            c.Resilience = new() { Retry = new() { RetryStatusCodes = [503] } };
        });
        using var client = proxy.CreateClient();
        var seen = await SendAsync(client, spans.TraceParent, null, null);

        var ended = await spans.TakeAsync(3);
        Assert.Equal(["bad", "only"], ended.Take(2).Select(a => a.GetTagItem("net2.destination.id")));
        Assert.All(ended.Take(2), a => Assert.Equal(ended[2].SpanId, a.ParentSpanId));
        Assert.Equal([null, 1], ended.Take(2).Select(a => a.GetTagItem("http.request.resend_count")));
        Assert.Equal(("503", ActivityStatusCode.Error), (ended[0].GetTagItem("error.type"), ended[0].Status));
        Assert.Equal((null, ActivityStatusCode.Unset), (ended[1].GetTagItem("error.type"), ended[1].Status));
        Assert.Equal((null, 200), (ended[2].GetTagItem("error.type"), ended[2].GetTagItem("http.response.status_code")));
        Assert.Equal([$"00-{spans.TraceId}-{ended[0].SpanId}-01"], parents);
        Assert.Equal($"00-{spans.TraceId}-{ended[1].SpanId}-01||", seen);
    }

    [Fact]
    public async Task Hedge_IsASiblingWithItsNumber()
    {
        using var spans = new CollectedSpans();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await ProxyUnderTest.StartBackendAsync(context => gate.Task.WaitAsync(context.RequestAborted));
        await using var proxy = await ProxyUnderTest.StartAsync(EchoContextAsync, cluster: c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.FirstAlphabetical;
            c.Destinations["a-slow"] = new() { Address = slow.Urls.First() };
            c.Resilience = new() { Hedging = new() { Enabled = true, Delay = TimeSpan.FromMilliseconds(20) } };
        });
        using var client = proxy.CreateClient();
        await SendAsync(client, spans.TraceParent, null, null);
        gate.TrySetResult();

        var ended = await spans.TakeAsync(3);
        var server = Assert.Single(ended, a => a.Kind == ActivityKind.Server);
        var attempts = ended.Where(a => a.Kind == ActivityKind.Client).ToDictionary(a => (string)a.GetTagItem("net2.destination.id")!);
        Assert.All(attempts.Values, a => Assert.Equal(server.SpanId, a.ParentSpanId));
        Assert.Null(attempts["a-slow"].GetTagItem("http.request.resend_count"));
        Assert.Equal(1, attempts["only"].GetTagItem("http.request.resend_count"));
    }

    [Fact]
    public async Task Failure_IsNamedByItsKind()
    {
        using var spans = new CollectedSpans();
        await using var proxy = await ProxyUnderTest.StartAsync(new Uri("http://127.0.0.1:1/"));
        using var client = proxy.CreateClient();
        using var request = Request(spans.TraceParent, null, null, "/");
        using var response = await client.SendAsync(request);
        Assert.InRange((int)response.StatusCode, 502, 503);
        var ended = await spans.TakeAsync(2);
        Assert.Equal(AttemptFailureKinds.ConnectionRefused, ended[0].GetTagItem("error.type"));
        Assert.NotNull(ended[1].GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, ended[1].Status);
        Assert.Equal((int)response.StatusCode, ended[1].GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task ServersOwnSpan_WhereSomebodyListens_IsUsedAndNoOtherIsMade()
    {
        using var spans = new CollectedSpans("Net2Secure.Routing", "Microsoft.AspNetCore");
        await using var proxy = await ProxyUnderTest.StartAsync(new Uri("http://127.0.0.1:1/"));
        using var client = proxy.CreateClient();
        using var request = Request(spans.TraceParent, null, null, "/");
        using var response = await client.SendAsync(request);
        var ended = await spans.TakeAsync(2);
        Assert.Equal(["Net2Secure.Routing", "Microsoft.AspNetCore"], ended.Select(a => a.Source.Name));
        Assert.Equal(ended[1].SpanId, ended[0].ParentSpanId);
        Assert.Equal("all", ended[1].GetTagItem("net2.route.id"));
        Assert.NotNull(ended[1].GetTagItem("error.type"));
    }

    [Fact]
    public async Task HttpClient_OfACluster_HasASpanPerAttemptAndItsRequestBack()
    {
        using var spans = new CollectedSpans();
        await using var backend = await ProxyUnderTest.StartBackendAsync(EchoContextAsync);
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["a"] = new() { Address = backend.Urls.First() });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using var parent = new Activity("caller").SetParentId(spans.TraceId, spans.SpanId, ActivityTraceFlags.Recorded).Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x");
        using var response = await client.SendAsync(request);
        var attempt = Assert.Single(await spans.TakeAsync(1));
        Assert.Equal(parent.SpanId, attempt.ParentSpanId);
        Assert.StartsWith($"00-{spans.TraceId}-{attempt.SpanId}-01|", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(request.Headers.Contains("traceparent"));
    }

    private static HttpRequestMessage Request(string parent, string? state, string? baggage, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", parent);
        if (state is not null) request.Headers.Add("tracestate", state);
        if (baggage is not null) request.Headers.Add("baggage", baggage);
        return request;
    }

    private static async Task<string> SendAsync(HttpClient client, string parent, string? state, string? baggage, string path = "/")
    {
        using var request = Request(parent, state, baggage, path);
        using var response = await client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static Task EchoContextAsync(HttpContext context) =>
        context.Response.WriteAsync($"{context.Request.Headers.TraceParent}|{context.Request.Headers.TraceState}|{context.Request.Headers.Baggage}");

    private static IEnumerable<string> Tags(Activity activity) => activity.TagObjects.Select(t => $"{t.Key}={t.Value}").Order(StringComparer.Ordinal);
}
