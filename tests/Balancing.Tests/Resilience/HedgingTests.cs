using System.Net;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>A slow attempt is joined by another, and whoever answers first wins.</summary>
public sealed class HedgingTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Send_FirstIsSlow_SecondWinsAndTheFirstIsCancelled()
    {
        var cancelled = new TaskCompletionSource();
        using var bench = Bench(async (id, _, token) =>
        {
            if (id != "a") return Ok();
            await using var registration = token.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, token);
            return Ok();
        });
        using var request = new RoutedRequestMessage { Method = HttpMethod.Get, PathAndQuery = "/slow" };
        var sending = bench.SendAsync(request);
        Assert.InRange(await bench.PassAsync(sending), Delay, Delay * 2);
        var response = await sending;
        await cancelled.Task.WaitAsync(Bound);
        Assert.Equal("ab", bench.AskedInOrder);
        Assert.Equal("b", request.Destination!.Id);
        Assert.Same(request, response.RequestMessage);
        await EventuallyAsync(() => bench["a"].ConcurrentRequests == 0);
        Assert.Equal(1, bench["b"].ConcurrentRequests);
        request.EndAttempt();
        Assert.Equal(0, bench["b"].ConcurrentRequests);
    }

    [Fact]
    public async Task Send_PlainMessage_ComesBackAsItWasWithTheWinnersAnswer()
    {
        using var bench = Bench(Silent("a"));
        using var request = Request();
        request.Headers.Add("X-Kept", "1");
        var sending = bench.SendAsync(request);
        await bench.PassAsync(sending);
        using var response = await sending;
        Assert.Equal("http://shop/", request.RequestUri!.AbsoluteUri);
        Assert.True(request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination));
        Assert.Equal("b", destination.Id);
        Assert.Same(request, response.RequestMessage);
    }

    [Fact]
    public async Task Send_FirstAnswersInTime_IsNotJoined()
    {
        using var bench = Bench((_, _, _) => Task.FromResult(Ok()));
        using var response = await bench.SendAsync();
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_LoserAnswersLater_IsLetGo()
    {
        var late = new TaskCompletionSource<HttpResponseMessage>();
        using var bench = Bench((id, _, _) => id == "a" ? late.Task : Task.FromResult(Ok()));
        var sending = bench.SendAsync();
        await bench.PassAsync(sending);
        var content = new Watched();
        late.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        await content.Disposed.WaitAsync(Bound);
        await EventuallyAsync(() => bench["a"].ConcurrentRequests == 0);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task Send_MethodThatIsNotIdempotent_IsNotJoined(string method)
    {
        using var bench = Bench(Silent("a"));
        using var end = new CancellationTokenSource();
        var sending = bench.SendAsync(Request(method), end.Token);
        for (var i = 0; i < 20; i++) bench.Time.Advance(Delay);
        Assert.Equal("a", bench.AskedInOrder);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Send_BodyThatWasKept_GoesBothWays()
    {
        var bodies = new List<string>();
        using var bench = Bench(async (id, request, token) =>
        {
            using var target = new MemoryStream();
            await request.Content!.CopyToAsync(target, token);
            lock (bodies) bodies.Add(System.Text.Encoding.ASCII.GetString(target.ToArray()));
            if (id == "a") await Task.Delay(Timeout.Infinite, token);
            return Ok();
        });
        var sending = bench.SendAsync("PUT", new StreamContent(new MemoryStream("same"u8.ToArray())));
        await EventuallyAsync(() => bodies.Count == 1);
        await bench.PassAsync(sending);
        using var response = await sending;
        Assert.Equal(["same", "same"], bodies);
    }

    [Fact]
    public async Task Send_BudgetSpent_WaitsForTheFirst()
    {
        using var bench = Bench(Silent("a"), o => (o.Budget!.Percent, o.Budget.MinPerSecond) = (0, 0));
        using var end = new CancellationTokenSource();
        var sending = bench.SendAsync(Request(), end.Token);
        await EventuallyAsync(() => !bench.Asked.IsEmpty);
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(1);
            bench.Time.Advance(Delay);
        }

        Assert.Equal("a", bench.AskedInOrder);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Send_FirstFailsWhileTheSecondIsUnderWay_TakesTheSecond()
    {
        var (first, second) = (new TaskCompletionSource<HttpResponseMessage>(), new TaskCompletionSource<HttpResponseMessage>());
        using var bench = Bench((id, _, _) => id == "a" ? first.Task : second.Task);
        var sending = bench.SendAsync();
        await bench.PassAsync(EventuallyAsync(() => bench.Asked.Count == 2));
        first.SetException(Failure(SentState.AllSent, AttemptFailureKinds.ConnectionTerminated));
        await Task.Delay(5);
        second.SetResult(Ok());
        using var response = await sending;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Send_AllBesideEachOtherFail_RetriesGoOn()
    {
        var (first, second) = (new TaskCompletionSource<HttpResponseMessage>(), new TaskCompletionSource<HttpResponseMessage>());
        using var bench = Bench((id, _, _) => id == "a" ? first.Task : id == "b" ? second.Task : Task.FromResult(Ok()));
        var sending = bench.SendAsync();
        await bench.PassAsync(EventuallyAsync(() => bench.Asked.Count == 2));
        first.SetException(Failure(SentState.AllSent, AttemptFailureKinds.ConnectionTerminated));
        second.SetException(Failure(SentState.AllSent, AttemptFailureKinds.ConnectionTerminated));
        await bench.PassAsync(sending);
        using var response = await sending;
        Assert.Equal("abc", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_Refused_IsAMatterOfRetries()
    {
        using var bench = Bench(Refused("abc"));
        using var response = await bench.SendAsync(); // time stands still
        Assert.Equal("abcd", bench.AskedInOrder);
    }

    [Fact]
    public void Percentile_OfLatencies_IsWithinATenth()
    {
        var statistics = new LatencyStatistics(new ManualTimeProvider());
        Assert.Null(statistics.Percentile(95));
        for (var i = 1; i <= 1000; i++) statistics.Add(TimeSpan.FromMilliseconds(i));
        Assert.InRange(statistics.Percentile(95)!.Value.TotalMilliseconds, 950, 950 * 1.15);
        Assert.InRange(statistics.Percentile(50)!.Value.TotalMilliseconds, 500, 500 * 1.15);
    }

    [Fact]
    public void Percentile_OfLatenciesLongAgo_IsForgotten()
    {
        var time = new ManualTimeProvider();
        var statistics = new LatencyStatistics(time);
        for (var i = 0; i < 100; i++) statistics.Add(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 100; i++) statistics.Add(TimeSpan.FromMilliseconds(1));
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(statistics.Percentile(99)!.Value.TotalMilliseconds, 1, 1.15);
        time.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(statistics.Percentile(99));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_600_000_000)]
    [InlineData(long.MaxValue / 100)]
    public void Latency_OfAnyLength_IsTaken(long microseconds)
    {
        var statistics = new LatencyStatistics(new ManualTimeProvider());
        for (var i = 0; i < 20; i++) statistics.Add(TimeSpan.FromMicroseconds(microseconds));
        Assert.NotNull(statistics.Percentile(95));
    }

    private static ResilienceBench Bench(Func<string, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> transport, Action<ResilienceOptions>? configure = null) => new(transport, o =>
    {
        (o.Hedging!.Enabled, o.Hedging.Delay) = (true, Delay);
        configure?.Invoke(o);
    });

    private sealed class Watched : HttpContent
    {
        private readonly TaskCompletionSource _disposed = new();

        public Task Disposed => _disposed.Task;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            _disposed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
