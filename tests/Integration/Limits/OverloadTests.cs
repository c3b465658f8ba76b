using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using System.Diagnostics.Metrics;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;

namespace Net2Secure.Routing.Integration.Limits;

/// <summary>More requests than the destinations may have: what they can do is done, some wait, the rest is told so at once, and afterwards all is as before. On real sockets.</summary>
public sealed class OverloadTests
{
    private static readonly LimitsOptions FourAndFour = new() { MaxRequestsPerDestination = 4, MaxQueue = 4, QueueTimeout = TimeSpan.FromMinutes(1), RetryAfter = TimeSpan.FromSeconds(3) };

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Overload_BeyondLimitAndQueue_IsShedWhileTheRestIsServed()
    {
        using var backend = new GatedBackend();
        await using var proxy = await ProxyUnderTest.StartAsync(backend.AnswerAsync, route: r => r.ProxyStatus = true, cluster: c => c.Limits = FourAndFour);
        using var client = proxy.CreateClient();
        var running = Enumerable.Range(0, 4).Select(_ => client.GetAsync("/", Patience)).ToList();
        await backend.ArriveAsync(4, Patience);
        var flood = Enumerable.Range(0, 40).Select(_ => client.GetAsync("/", Patience)).ToList();

        // The backend answers nothing yet: whoever is answered now was not made to wait for it.
        for (var refused = 0; refused < 36; refused++)
        {
            var answered = await Task.WhenAny(flood);
            flood.Remove(answered);
            using var response = await answered;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter!.Delta);
            Assert.Equal("net2; error=connection_limit_reached", response.Headers.GetValues("Proxy-Status").Single());
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        }

        Assert.Equal((4, 4), (backend.InFlight, flood.Count));

        // Each that is done makes room for one that waits: the backend is kept as busy as it may be.
        foreach (var _ in Enumerable.Range(0, 4))
        {
            backend.Release(1);
            await backend.ArriveAsync(1, Patience);
        }

        backend.Release(4);
        foreach (var served in running.Concat(flood)) Assert.Equal(HttpStatusCode.OK, (await served).StatusCode);
        Assert.Equal((4, 8), (backend.Most, backend.Served));
    }

    [Fact]
    public async Task Overload_ThatLasts_KeepsGoodputAtCapacityAndEndsWithoutATrace()
    {
        // Twenty clients that come again at once, against a capacity of four: as many are served as the backend lets go, whatever is shed beside it.
        const int rounds = 100;
        using var backend = new GatedBackend();
        await using var proxy = await ProxyUnderTest.StartAsync(backend.AnswerAsync, cluster: c => c.Limits = FourAndFour);
        using var client = proxy.CreateClient();
        using var stop = new CancellationTokenSource();
        var (served, shed) = (0, 0);
        async Task RunAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await client.GetAsync("/", Patience);
                if (response.StatusCode == HttpStatusCode.OK) Interlocked.Increment(ref served);
                else if (response.StatusCode == HttpStatusCode.ServiceUnavailable) Interlocked.Increment(ref shed);
                else Assert.Fail($"{response.StatusCode}");
            }
        }

        var clients = Enumerable.Range(0, 20).Select(_ => Task.Run(RunAsync)).ToArray();
        await backend.ArriveAsync(4, Patience);
        for (var i = 0; i < rounds; i++)
        {
            backend.Release(1);
            await backend.ArriveAsync(1, Patience);
        }

        await stop.CancelAsync();
        backend.Release(50);
        await Task.WhenAll(clients).WaitAsync(ProxyUnderTest.Patience);
        Assert.Equal(4, backend.Most);
        Assert.Equal(backend.Served, served);
        Assert.InRange(served, rounds, rounds + 8 + 20);
        Assert.True(shed > 0);

        // Normal again with the next request.
        foreach (var response in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.GetAsync("/", Patience)))) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Queue_WaitIsOver_Is503WithRetryAfter()
    {
        using var backend = new GatedBackend();
        await using var proxy = await ProxyUnderTest.StartAsync(
            backend.AnswerAsync,
            route: r => r.ProxyStatus = true,
            cluster: c => c.Limits = new() { MaxRequests = 1, MaxQueue = 1, QueueTimeout = TimeSpan.FromMilliseconds(50), RetryAfter = TimeSpan.FromSeconds(2) });
        using var client = proxy.CreateClient();
        var running = client.GetAsync("/", Patience);
        await backend.ArriveAsync(1, Patience);
        using var response = await client.GetAsync("/", Patience);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(2)), (response.StatusCode, response.Headers.RetryAfter!.Delta));
        Assert.Equal("net2; error=connection_limit_reached", response.Headers.GetValues("Proxy-Status").Single());
        backend.Release(1);
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
    }

    [Fact]
    public async Task Queue_ClientLeaves_ItsPlaceIsFree()
    {
        using var backend = new GatedBackend();
        await using var proxy = await ProxyUnderTest.StartAsync(
            backend.AnswerAsync, cluster: c => c.Limits = new() { MaxRequests = 1, MaxQueue = 1, QueueTimeout = TimeSpan.FromMinutes(1) });
        using var client = proxy.CreateClient();
        var running = client.GetAsync("/running", Patience);
        await backend.ArriveAsync(1, Patience);
        using var leaving = new CancellationTokenSource();
        var gone = client.GetAsync("/gone", leaving.Token);
        await Eventually.TrueAsync(() => Waiting(proxy) == 1);
        using var refused = await client.GetAsync("/refused", Patience);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await Eventually.TrueAsync(() => Waiting(proxy) == 0);
        var waiting = client.GetAsync("/waiting", Patience);
        await Eventually.TrueAsync(() => Waiting(proxy) == 1);
        backend.Release(2);
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
        Assert.Equal(["/waiting"], await backend.ArriveAsync(1, Patience));
    }

    [Fact]
    public async Task WebSocket_WhileItIsOpen_KeepsItsSlot()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                if (!context.WebSockets.IsWebSocketRequest) return;
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.ReceiveAsync(new byte[16], Patience);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
            },
            cluster: c => c.Limits = new() { MaxRequestsPerDestination = 1 },
            backendPipeline: app => app.UseWebSockets());
        using var client = proxy.CreateClient();
        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new UriBuilder(proxy.Address) { Scheme = "ws" }.Uri, Patience);
            using var refused = await client.GetAsync("/", Patience);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            await socket.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Patience);
            await socket.ReceiveAsync(new byte[16], Patience);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
        }

        Assert.Equal(HttpStatusCode.OK, await AskUntilAsync(client, HttpStatusCode.OK));
    }

    private static int Waiting(ProxyUnderTest proxy)
    {
        var waiting = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == proxy.Services.GetRequiredService<IMeterFactory>() && instrument.Name == "net2.cluster.queued_requests") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => waiting += value);
        listener.Start();
        listener.RecordObservableInstruments();
        return waiting;
    }

    private static async Task<HttpStatusCode> AskUntilAsync(HttpClient client, HttpStatusCode wanted)
    {
        while (true)
        {
            using var response = await client.GetAsync("/", Patience);
            if (response.StatusCode == wanted) return wanted;
        }
    }
}
