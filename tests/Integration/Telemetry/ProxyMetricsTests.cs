using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Telemetry;

/// <summary>What a real proxy measures of its requests.</summary>
public sealed class ProxyMetricsTests
{
    private const string Answered = "http.request.method=POST http.response.status_code=200 net2.cluster.id=backend net2.destination.id=only";

    [Fact]
    public async Task Request_Answered_IsMeasuredWithItsBytesAndItsAttempt()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync("12345");
        });
        using var measured = new CollectedMeasurements(
            proxy.Services, "net2.proxy.request.duration", "net2.proxy.active_requests", "net2.proxy.io", "net2.attempt.duration");
        using var client = proxy.CreateClient();
        using var response = await client.PostAsync(new Uri("/", UriKind.Relative), new StringContent("123"));

        Assert.Equal(("net2.proxy.active_requests", 1, "net2.route.id=all"), await measured.NextAsync());
        var attempt = await measured.NextAsync();
        Assert.Equal(("net2.attempt.duration", Answered), (attempt.Instrument, attempt.Tags));
        Assert.InRange(attempt.Value, 0, 30);
        Assert.Equal(("net2.proxy.active_requests", -1, "net2.route.id=all"), await measured.NextAsync());
        var request = await measured.NextAsync();
        Assert.Equal(("net2.proxy.request.duration", Answered + " net2.route.id=all"), (request.Instrument, request.Tags));
        Assert.InRange(request.Value, attempt.Value, 30);
        Assert.Equal(("net2.proxy.io", 3, "net2.cluster.id=backend net2.route.id=all network.io.direction=receive"), await measured.NextAsync());
        Assert.Equal(("net2.proxy.io", 5, "net2.cluster.id=backend net2.route.id=all network.io.direction=transmit"), await measured.NextAsync());
    }

    [Fact]
    public async Task Request_Failed_IsMeasuredWithTheKindOfFailure()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(new Uri("http://127.0.0.1:1/"));
        using var measured = new CollectedMeasurements(proxy.Services, "net2.proxy.request.duration", "net2.attempt.duration");
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal("error.type=connection_refused http.request.method=GET net2.cluster.id=backend net2.destination.id=only", (await measured.NextAsync()).Tags);
        Assert.Matches($"^error.type=[a-z_]+ http.request.method=GET http.response.status_code={(int)response.StatusCode} net2.cluster.id=backend net2.destination.id=only net2.route.id=all$", (await measured.NextAsync()).Tags);
    }

    [Fact]
    public async Task Method_OfAClientsInvention_IsOther()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(static _ => Task.CompletedTask);
        using var measured = new CollectedMeasurements(proxy.Services, "net2.proxy.request.duration");
        using var client = proxy.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod("BREW"), "/");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("http.request.method=_OTHER ", (await measured.NextAsync()).Tags, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatGoesAway_IsMeasuredWithoutAStatus()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var measured = new CollectedMeasurements(proxy.Services, "net2.proxy.request.duration");
        using var client = proxy.CreateClient();
        using var leaving = new CancellationTokenSource();
        var sending = client.GetAsync(new Uri("/", UriKind.Relative), leaving.Token);
        await asked.Task.WaitAsync(ProxyUnderTest.Patience);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal("error.type=connection_terminated http.request.method=GET net2.cluster.id=backend net2.destination.id=only net2.route.id=all", (await measured.NextAsync()).Tags);
    }

    [Fact]
    public async Task Instruments_OfTheProxy_HaveUnitsAndDescriptions()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(static _ => Task.CompletedTask);
        var scope = proxy.Services.GetRequiredService<IMeterFactory>();
        var found = new Dictionary<string, string?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (!ReferenceEquals(instrument.Meter.Scope, scope) || !instrument.Meter.Name.StartsWith("Net2Secure.", StringComparison.Ordinal)) return;
                Assert.False(string.IsNullOrEmpty(instrument.Description), instrument.Name);
                lock (found) found[instrument.Name] = instrument.Unit;
            },
        };
        listener.Start();
        Assert.Equal(
            ["net2.attempt.duration s", "net2.proxy.active_requests {request}", "net2.proxy.io By", "net2.proxy.request.duration s"],
            found.Where(f => f.Key.StartsWith("net2.proxy.", StringComparison.Ordinal) || f.Key == "net2.attempt.duration").Select(f => $"{f.Key} {f.Value}").Order(StringComparer.Ordinal));
    }
}
