using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Explaining;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Tests.Explaining;

/// <summary>What is kept of requests, for how long, and how it is found again.</summary>
public sealed class RequestExplanationsTests
{
    private static readonly RouteState Route = new() { RouteId = "shop", Transforms = new RouteTransforms(), Pipeline = null, Cluster = null, Forwarding = new(), Via = null };

    [Fact]
    public void Kept_BeyondTheCapacity_AreTheLatest_AndBadOnesAreNotPushedOutByGoodOnes()
    {
        var explanations = Create(new() { Enabled = true, Capacity = 3 });
        Keep(explanations, "/bad", status: 502, failure: AttemptFailureKinds.ConnectionRefused);
        Keep(explanations, "/slow", elapsed: TimeSpan.FromSeconds(2));
        for (var i = 0; i < 10; i++) Keep(explanations, $"/{i}");
        Assert.Equal(["/9", "/8", "/7"], Targets(explanations, new() { Kind = RequestExplanationKind.Recent }));
        Assert.Equal(["/bad"], Targets(explanations, new() { Kind = RequestExplanationKind.Failed }));
        Assert.Equal(["/slow"], Targets(explanations, new() { Kind = RequestExplanationKind.Slow }));
        Assert.Equal(["/9", "/8", "/7", "/slow", "/bad"], Targets(explanations, new()));
    }

    [Fact]
    public void Query_LeavesOutWhatDoesNotFit()
    {
        var explanations = Create(new() { Enabled = true });
        Keep(explanations, "/a", status: 200, trace: "aa");
        Keep(explanations, "/b?secret", status: 404);
        Keep(explanations, "/c", status: 503, failure: AttemptFailureKinds.DestinationUnavailable, elapsed: TimeSpan.FromMilliseconds(70));
        Assert.Equal(["/c", "/b?*"], Targets(explanations, new() { MinStatus = 404 }));
        Assert.Equal(["/b?*", "/a"], Targets(explanations, new() { MaxStatus = 404 }));
        Assert.Equal(["/c"], Targets(explanations, new() { MinDuration = TimeSpan.FromMilliseconds(70) }));
        Assert.Equal(["/a"], Targets(explanations, new() { TraceId = "AA" }));
        Assert.Equal(["/c"], Targets(explanations, new() { Text = "Unavailable" }));
        Assert.Equal(["/b?*"], Targets(explanations, new() { Text = "/B" }));
        // What is not kept cannot be looked for.
        Assert.Empty(Targets(explanations, new() { Text = "secret" }));
        Assert.Equal(3, Targets(explanations, new() { RouteId = "SHOP" }).Count);
        Assert.Empty(Targets(explanations, new() { RouteId = "other" }));
        Assert.Empty(Targets(explanations, new() { DestinationId = "d" }));
        Assert.Equal(["/c", "/b?*"], Targets(explanations, new() { Limit = 2 }));
        var last = explanations.Find(new RequestExplanationQuery { Limit = 2 })[^1];
        Assert.Equal(["/a"], Targets(explanations, new() { Before = last.Id }));
        Assert.Equal(last.Target, explanations.Find(last.Id)!.Target);
        Assert.Null(explanations.Find(4711));
        Assert.Throws<ArgumentOutOfRangeException>(() => explanations.Find(new RequestExplanationQuery { Limit = 0 }));
    }

    [Fact]
    public void Settings_Changed_KeepTheLatest_AndOffKeepsAll()
    {
        var explanations = Create(new() { Enabled = true, Capacity = 4 });
        for (var i = 0; i < 6; i++) Keep(explanations, $"/{i}");
        explanations.Use(new() { Enabled = true, Capacity = 2 });
        Assert.Equal(["/5", "/4"], Targets(explanations, new()));
        explanations.Use(new() { Enabled = true, Capacity = 3 });
        Keep(explanations, "/6");
        Assert.Equal(["/6", "/5", "/4"], Targets(explanations, new()));
        Keep(explanations, "/7");
        Assert.Equal(["/7", "/6", "/5"], Targets(explanations, new()));
        explanations.Use(new() { Enabled = false });
        Assert.False(explanations.IsEnabled);
        Assert.Equal(3, Targets(explanations, new()).Count);
    }

    [Fact]
    public void Sample_DrawsOneInSoMany()
    {
        var explanations = Create(new() { Enabled = true, Sample = 10 });
        Assert.Equal([0, 10, 20], Enumerable.Range(0, 30).Where(_ => explanations.Draws(explanations.Settings!)));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    public void Callers_AreTrustedByTheirNetwork(string trusted, string caller, bool expected)
        => Assert.Equal(expected, new ExplainSettings(new() { TrustedCallers = { trusted } }).Trusts(IPAddress.Parse(caller)));

    [Fact]
    public void Callers_WithoutAnyTrusted_AreNot() => Assert.False(new ExplainSettings(new()).Trusts(IPAddress.Loopback));

    private static RequestExplanations Create(ExplainOptions options) => new(Options.Create(options), new InTurn(), TimeProvider.System);

    private static List<string> Targets(RequestExplanations explanations, RequestExplanationQuery query) => [.. explanations.Find(query).Select(static e => e.Target)];

    private static void Keep(RequestExplanations explanations, string target, int status = 200, string? failure = null, TimeSpan? elapsed = null, string? trace = null)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Scheme, context.Request.Protocol) = ("GET", "http", "HTTP/1.1");
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget = target;
        var record = new RequestRecord { Route = Route, Status = status, TraceId = trace, Journal = new AttemptJournal() };
        if (failure is not null) record.Fail(failure, isTold: true);
        explanations.Keep(context, record, elapsed ?? TimeSpan.FromMilliseconds(1), explanations.Settings!);
    }

    private sealed class InTurn : RandomSource
    {
        private int _turn;

        public override int Next(int exclusiveMax) => _turn++ % exclusiveMax;

        public override double NextDouble() => 0;
    }
}
