using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.ConsoleHost.Tests.ConsoleHostUnderTest;

namespace Net2Secure.Routing.ConsoleHost.Tests;

/// <summary>What the host tells those who watch it.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Otlp_EndpointInTheEnvironment_GetsMetricsAndTraces()
    {
        using var receiver = new OtlpReceiver();
        await using var backend = new GatedServer();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_SERVICE_NAME"] = "the-shop",
        };
        await using var host = Start(_folder.Path, environment, "--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        Assert.Equal("ok", await client.GetStringAsync("/asked"));
        await receiver.ExpectAsync("/v1/metrics", "net2.proxy.request.duration", "net2.attempt.duration", "http.response.status_code", "the-shop");
        await receiver.ExpectAsync("/v1/traces", "GET /{**rest}", "url.path", "/asked", "net2.destination.id", "the-shop");
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere", "OTEL_EXPORTER_OTLP_ENDPOINT is 'nowhere', which is no URL")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon", "OTEL_EXPORTER_OTLP_PROTOCOL is 'carrier-pigeon', which is not spoken here. Write grpc or http/protobuf.")]
    public async Task Otlp_VariableThatIsWrong_KeepsTheHostFromStarting(string name, string value, string message)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
        await using var host = Start(_folder.Path, environment, "--config", _folder.Write("proxy.json", Configuration("http://127.0.0.1:9/").ToJsonString()), "--urls", AnyPort);
        await host.LineAsync(message);
        Assert.Equal(1, await host.ExitAsync());
    }

    [Fact]
    public async Task Otlp_ReceiverThatIsGone_HoldsNothingUp()
    {
        await using var backend = new GatedServer();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1", ["OTEL_METRIC_EXPORT_INTERVAL"] = "50" };
        await using var host = Start(_folder.Path, environment, "--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        for (var i = 0; i < 20; i++) Assert.Equal("ok", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Metrics_OnAPortOfTheirOwn_AreThereAndNothingElseIs()
    {
        await using var backend = new GatedServer();
        var metrics = $"http://127.0.0.1:{FreePort()}";
        await using var host = Start("--metrics", metrics, "--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort);
        await host.LineAsync("Application started");
        using var client = new HttpClient();
        var proxy = new Uri(host.Output.Split("Now listening on: ")[1..].Select(static l => l.Split('\n')[0].Trim()).First(u => u != metrics));
        Assert.Equal("ok", await client.GetStringAsync(proxy));
        // The response may be here before it is counted.
        using var patience = new CancellationTokenSource(RunningProgram.Patience);
        while (!(await client.GetStringAsync(new Uri(metrics + "/_net2/metrics"), patience.Token)).Contains("net2_proxy_request_duration_seconds_count{", StringComparison.Ordinal))
            await Task.Yield();
        using var elsewhere = await client.GetAsync(new Uri(metrics + "/"));
        using var outside = await client.GetAsync(new Uri(proxy, "/_net2/metrics"));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (elsewhere.StatusCode, outside.StatusCode));
    }

    [Theory]
    [InlineData("nonsense", "--metrics: 'nonsense' is no URL to show metrics on.")]
    [InlineData("http://127.0.0.1:0", "--metrics: 'http://127.0.0.1:0' is no URL to show metrics on.")]
    [InlineData("http://127.0.0.1:8099", "--metrics: port 8099 is one of those that requests are proxied on (http://127.0.0.2:8099).")]
    public async Task Metrics_UrlThatIsWrong_KeepsTheHostFromStarting(string url, string message)
    {
        await using var host = Start("--metrics", url, "--config", _folder.Write("proxy.json", Configuration("http://127.0.0.1:9/").ToJsonString()), "--urls", "http://127.0.0.2:8099");
        await host.LineAsync(message);
        Assert.Equal(1, await host.ExitAsync());
    }

    [Fact]
    public async Task AccessLog_OfTheConfiguration_CountsBeforeTheOption()
    {
        await using var backend = new GatedServer();
        var configuration = Configuration(backend.Url);
        configuration["Net2Proxy"]!["AccessLog"] = JsonNode.Parse("""{ "Enabled": true, "Path": "-", "Fields": ["target", "status"] }""");
        await using var host = Start("--access-log", "--config", _folder.Write("proxy.json", configuration.ToJsonString()), "--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        Assert.Equal("ok", await client.GetStringAsync("/cart?token=secret"));
        using var line = JsonDocument.Parse(await host.LineAsync("/cart"));
        Assert.Equal("""{"target":"/cart?token=*","status":200}""", line.RootElement.GetRawText());
    }
}
