using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Probes;

public sealed class HttpProbeTests : HealthProbeContract
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-State: all ready\r\n\r\nready";

    [Fact]
    public async Task ProbeAsync_Settings_AreWhatIsSent()
    {
        var options = new ActiveHealthCheckOptions { Method = "OPTIONS", Path = "/health/a%20b", Query = "?full=1", Host = "shop.example:81", Headers = { ["X-Key"] = "k", ["Accept"] = "text/plain" } };
        var head = await HeadAsync(options, "base/");
        Assert.StartsWith("OPTIONS /base/health/a%20b?full=1 HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nHost: shop.example:81\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Key: k\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nAccept: text/plain\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_NothingSet_IntroducesItselfAndSendsNothingElse()
    {
        var head = await HeadAsync(new(), "");
        var lines = head.TrimEnd().Split("\r\n");
        Assert.Equal("GET / HTTP/1.1", lines[0]);
        Assert.Equal(["Connection: close", "Host", "User-Agent: " + HttpProbe.UserAgent], lines[1..].Select(l => l.StartsWith("Host:", StringComparison.Ordinal) ? "Host" : l).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(200, null, ProbeOutcome.Passed)]
    [InlineData(204, null, ProbeOutcome.Passed)]
    [InlineData(302, null, ProbeOutcome.Failed)]
    [InlineData(404, null, ProbeOutcome.Failed)]
    [InlineData(500, null, ProbeOutcome.Failed)]
    [InlineData(503, null, ProbeOutcome.Draining)]
    [InlineData(302, "300-399", ProbeOutcome.Passed)]
    [InlineData(200, "300-399", ProbeOutcome.Failed)]
    [InlineData(503, "200,503", ProbeOutcome.Passed)]
    public async Task ProbeAsync_Status_IsJudgedAsTheSettingsSay(int status, string? expected, ProbeOutcome outcome)
    {
        var options = new ActiveHealthCheckOptions();
        if (expected is not null) options.ExpectedStatus = expected.Split(',');
        var result = await AskAsync(options, $"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n");
        Assert.Equal(outcome, result.Outcome);
        if (outcome != ProbeOutcome.Passed) Assert.Equal($"status {status}", result.Reason);
    }

    [Theory]
    [InlineData("none", 503, ProbeOutcome.Failed)]
    [InlineData("429", 429, ProbeOutcome.Draining)]
    [InlineData("429", 503, ProbeOutcome.Failed)]
    public async Task ProbeAsync_DrainStatus_IsAsTheSettingsSay(string drain, int status, ProbeOutcome outcome) =>
        Assert.Equal(outcome, (await AskAsync(new() { DrainStatus = [drain] }, $"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n")).Outcome);

    [Theory]
    [InlineData("ready", null, null, null, true)]
    [InlineData("eady", "^r.*y$", "X-State", "ready", true)]
    [InlineData(null, null, "X-STATE", "", true)]
    [InlineData(null, null, "Content-Length", "5", true)]
    [InlineData("steady", null, null, null, false)]
    [InlineData(null, "^eady", null, null, false)]
    [InlineData(null, null, "X-State", "broken", false)]
    [InlineData(null, null, "X-Other", "", false)]
    public async Task ProbeAsync_Expectations_AllHaveToBeMet(string? body, string? pattern, string? header, string? value, bool passes)
    {
        var options = new ActiveHealthCheckOptions { ExpectedBody = body, ExpectedBodyPattern = pattern };
        if (header is not null) options.ExpectedHeaders[header] = value!;
        Assert.Equal(passes ? ProbeOutcome.Passed : ProbeOutcome.Failed, (await AskAsync(options, Good)).Outcome);
    }

    [Fact]
    public async Task ProbeAsync_EndlessBody_IsReadToTheBoundOnly()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\nready");
            while (true) await connection.SendAsync(new string('x', 1000));
        });
        var options = new ActiveHealthCheckOptions { ExpectedBody = "ready", MaxBodyBytes = 5000 };
        Assert.Equal(ProbeResult.Passed, await AskAsync(options, origin.Uri));
    }

    [Fact]
    public async Task ProbeAsync_TextBehindTheBound_IsNotFound()
    {
        var body = new string('x', 100) + "ready";
        var options = new ActiveHealthCheckOptions { ExpectedBody = "ready", MaxBodyBytes = 100 };
        Assert.Equal(ProbeOutcome.Failed, (await AskAsync(options, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}")).Outcome);
    }

    [Fact]
    public async Task ProbeAsync_EachProbe_HasAConnectionOfItsOwn()
    {
        await using var origin = ScriptedOrigin.Answering(Good);
        using var probe = Create(new());
        for (var i = 0; i < 3; i++) Assert.Equal(ProbeResult.Passed, await AskAsync(probe, origin.Uri));
        Assert.Equal(3, origin.Connections);
    }

    [Theory]
    [InlineData("", "http_response_incomplete")]
    [InlineData("nonsense\r\n\r\n", "http_protocol_error")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "http_response_incomplete")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nread", "http_response_incomplete")]
    public async Task ProbeAsync_AnswerThatIsNone_FailsByTheNameOfWhatHappened(string answer, string kind) =>
        Assert.Equal(ProbeResult.Failed(kind), await AskAsync(new() { ExpectedBody = "ready" }, answer));

    [Fact]
    public async Task ProbeAsync_HeadBeyondAllBounds_Fails()
    {
        var head = "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"X-{i}: {new string('y', 50)}\r\n")) + "\r\n";
        Assert.Equal(ProbeOutcome.Failed, (await AskAsync(new(), head)).Outcome);
    }

    [Fact]
    public async Task ProbeAsync_FrozenServer_EndsWhenItIsCancelled()
    {
        await using var origin = new ScriptedOrigin(connection => connection.WaitForEndAsync());
        using var probe = Create(new());
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.ProbeAsync(Context(origin.Uri), patience.Token).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task ProbeAsync_ServerThatDoesNotAccept_EndsWhenItIsCancelled()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/");
        using var probe = Create(new());
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => probe.ProbeAsync(Context(address), patience.Token).AsTask())).WaitAsync(Patience));
    }

    protected override IHealthProbe CreateProbe(ActiveHealthCheckOptions options) => Create(options);

    protected override ValueTask<(IAsyncDisposable Server, Uri Address)> StartHealthyAsync()
    {
        var origin = ScriptedOrigin.Answering(Good);
        return ValueTask.FromResult<(IAsyncDisposable, Uri)>((origin, origin.Uri));
    }

    private static HttpProbe Create(ActiveHealthCheckOptions options) => new(options, new ProbeConnections(options, default));

    private async Task<string> HeadAsync(ActiveHealthCheckOptions options, string basePath)
    {
        var head = new TaskCompletionSource<string>();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            head.TrySetResult(await connection.ReadHeadAsync());
            await connection.SendAsync(Good);
        });
        using var probe = Create(options);
        await AskAsync(probe, new Uri(origin.Uri, basePath), options);
        return await head.Task.WaitAsync(Patience);
    }

    private async Task<ProbeResult> AskAsync(ActiveHealthCheckOptions options, string answer)
    {
        await using var origin = ScriptedOrigin.AnsweringOnce(answer);
        return await AskAsync(options, origin.Uri);
    }

    private async Task<ProbeResult> AskAsync(ActiveHealthCheckOptions options, Uri address)
    {
        using var probe = Create(options);
        return await AskAsync(probe, address, options);
    }
}
