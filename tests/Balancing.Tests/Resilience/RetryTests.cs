using System.Net;
using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>What is tried again, where, how often and when.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("LOCK")]
    public async Task Send_ThreeOfFourRefuse_IsAnsweredByTheFourthWhateverTheMethod(string method)
    {
        using var bench = new ResilienceBench(Refused("abc"));
        using var response = await bench.SendAsync(method, method == "GET" ? null : new ByteArrayContent([1]));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("abcd", bench.AskedInOrder);
    }

    [Theory]
    [InlineData(SentState.NotConnected, true)]
    [InlineData(SentState.NothingSent, true)]
    [InlineData(SentState.Refused, true)]
    [InlineData(SentState.PartSent, false)]
    [InlineData(SentState.AllSent, false)]
    [InlineData(SentState.Unknown, false)]
    [InlineData(SentState.AnswerBegun, false)]
    public async Task Send_PostFails_IsRepeatedOnlyIfNoDestinationCanHaveActedOnIt(SentState sent, bool isRepeated)
    {
        using var bench = new ResilienceBench(Broken("a", sent), o => o.Retry!.RetryStatusCodes = [503]);
        if (isRepeated)
        {
            using var response = await bench.SendAsync("POST", new ByteArrayContent([1]));
            Assert.Equal("ab", bench.AskedInOrder);
            return;
        }

        var failure = await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync("POST", new ByteArrayContent([1])));
        Assert.Equal(sent, failure.Failure.Sent);
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("TRACE", true)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", true)]
    [InlineData("POST", false)]
    [InlineData("PATCH", false)]
    [InlineData("get", false)] // methods are case-sensitive
    public async Task Send_ConnectionBreaksBeforeAnAnswer_RepeatsIdempotentMethods(string method, bool isRepeated)
    {
        using var bench = new ResilienceBench(Broken("a", SentState.AllSent));
        if (isRepeated) (await bench.SendAsync(method)).Dispose();
        else await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync(method));
        Assert.Equal(isRepeated ? "ab" : "a", bench.AskedInOrder);
    }

    [Theory]
    [InlineData(AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination, SentState.AnswerBegun)]
    [InlineData(AttemptFailureKinds.HttpProtocolError, FailureSide.Destination, SentState.Unknown)]
    [InlineData(AttemptFailureKinds.HttpRequestError, FailureSide.Client, SentState.NotConnected)]
    [InlineData(AttemptFailureKinds.ProxyInternalError, FailureSide.Proxy, SentState.NotConnected)]
    public async Task Send_FailureThatAnotherDestinationCannotMend_IsTold(string kind, FailureSide side, SentState sent)
    {
        using var bench = new ResilienceBench((_, _, _) => Task.FromException<HttpResponseMessage>(Failure(sent, kind, side)));
        var failure = await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync());
        Assert.Equal(kind, failure.Failure.Kind);
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_NonIdempotentWhereThatIsAskedForLoudly_IsRepeated()
    {
        using var bench = new ResilienceBench(Broken("a", SentState.AllSent), o => o.Retry!.DangerousRetryNonIdempotent = true);
        (await bench.SendAsync("POST", new ByteArrayContent([1]))).Dispose();
        Assert.Equal("ab", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_AllBreak_TriesThreeDifferentOnesAndTellsTheLastFailure()
    {
        using var bench = new ResilienceBench(Broken("abcd", SentState.AllSent));
        var failure = await Pass(bench, bench.SendAsync());
        Assert.Equal(AttemptFailureKinds.ConnectionTerminated, Assert.IsType<AttemptException>(failure).Failure.Kind);
        Assert.Equal("abc", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_AllRefuse_TriesEachOnceAndTellsThatItWasRefused()
    {
        using var bench = new ResilienceBench(Refused("abcd"));
        var failure = await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync());
        Assert.Equal(AttemptFailureKinds.ConnectionRefused, failure.Failure.Kind);
        Assert.Equal("abcd", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_MoreRefuseThanMayBeTried_StopsThere()
    {
        using var bench = new ResilienceBench(Refused("abc"), o => o.Retry!.MaxUnsentAttempts = 2);
        await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync());
        Assert.Equal("abc", bench.AskedInOrder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_RetriesSwitchedOff_AsksOnce(bool byAttempts)
    {
        using var bench = new ResilienceBench(Refused("a"), o =>
        {
            if (byAttempts) o.Retry!.MaxAttempts = 1;
            else o.Retry!.Enabled = false;
        });
        await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync());
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_UnsentAttempts_AreOutsideOfTheBudget()
    {
        using var bench = new ResilienceBench(Refused("a"), o => (o.Budget!.Percent, o.Budget.MinPerSecond, o.CircuitBreaker!.Enabled) = (0, 0, false));
        for (var i = 0; i < 40; i++) (await bench.SendAsync("POST")).Dispose();
    }

    [Fact]
    public async Task Send_BudgetSpent_TellsTheFailure()
    {
        using var bench = new ResilienceBench(Broken("a", SentState.AllSent), o => (o.Budget!.Percent, o.Budget.MinPerSecond) = (0, 0));
        await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync());
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_Status_IsPassedOnUnlessItIsToBeRetried()
    {
        using var byDefault = new ResilienceBench((id, _, _) => Task.FromResult(id == "a" ? Status(503) : Ok()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await byDefault.SendAsync()).StatusCode);

        using var bench = new ResilienceBench((id, _, _) => Task.FromResult(id == "a" ? Status(503) : Ok()), o => o.Retry!.RetryStatusCodes = [502, 503, 504]);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync()).StatusCode);
        Assert.Equal("ab", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_StatusForPost_IsPassedOn()
    {
        using var bench = new ResilienceBench((_, _, _) => Task.FromResult(Status(503)), o => o.Retry!.RetryStatusCodes = [503]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await bench.SendAsync("POST", new ByteArrayContent([1]))).StatusCode);
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_EveryAnswerIsRetried_TheLastOneIsPassedOnAndTheOthersAreLetGo()
    {
        var answers = new List<Watched>();
        using var bench = new ResilienceBench(
            (id, _, _) =>
            {
                answers.Add(new Watched());
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = answers[^1] });
            },
            o => o.Retry!.RetryStatusCodes = [502]);
        var sending = bench.SendAsync();
        await bench.PassAsync(sending);
        var response = await sending;
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal([true, true, false], answers.Select(a => a.IsDisposed));
        Assert.Equal(1, bench.Cluster.Snapshot.Destinations.Sum(d => d.ConcurrentRequests));
        response.Dispose();
        Assert.Equal(0, bench.Cluster.Snapshot.Destinations.Sum(d => d.ConcurrentRequests));
    }

    [Fact]
    public async Task Send_FailureAfterARetriedStatus_ToldIsTheFailure()
    {
        using var bench = new ResilienceBench(
            (id, _, _) => id == "a" ? Task.FromResult(Status(503)) : Task.FromException<HttpResponseMessage>(Failure(SentState.AnswerBegun, AttemptFailureKinds.HttpProtocolError)),
            o => o.Retry!.RetryStatusCodes = [503]);
        Assert.Equal(AttemptFailureKinds.HttpProtocolError, (await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync())).Failure.Kind);
    }

    [Fact]
    public async Task Send_Waits_GrowAfterTheFirstRetryElsewhere()
    {
        using var bench = new ResilienceBench(Broken("abc", SentState.AllSent), o => (o.Retry!.MaxAttempts, o.Retry.BaseDelay) = (4, TimeSpan.FromMilliseconds(400)));
        var sending = bench.SendAsync();
        await EventuallyAsync(() => bench.Asked.Count == 2); // at once
        var first = await bench.PassAsync(WhenAsked(bench, 3));
        var second = await bench.PassAsync(sending);
        Assert.InRange(first, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(420));
        Assert.InRange(second, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(820));
    }

    [Fact]
    public async Task Send_NobodyElseLeft_AsksTheSameAgainOnlyWhereToldTo()
    {
        using var alone = new ResilienceBench(Broken("a", SentState.AllSent), destinations: 1);
        await Assert.ThrowsAsync<AttemptException>(() => alone.SendAsync());
        Assert.Equal("a", alone.AskedInOrder);

        var calls = 0;
        using var again = new ResilienceBench(
            (_, _, _) => calls++ == 0 ? Task.FromException<HttpResponseMessage>(Failure(SentState.AllSent, AttemptFailureKinds.ConnectionTerminated)) : Task.FromResult(Ok()),
            o => o.Retry!.SameDestination = true,
            destinations: 1);
        var sending = again.SendAsync();
        Assert.InRange(await again.PassAsync(sending), TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(60));
        Assert.Equal("aa", again.AskedInOrder);
    }

    [Theory]
    [InlineData("1", 1000)]
    [InlineData("Thu, 01 Jan 2026 00:00:01 GMT", 1000)]
    [InlineData("Wed, 31 Dec 2025 23:00:00 GMT", 25)]
    [InlineData("3", -1)]
    [InlineData("Thu, 01 Jan 2026 01:00:00 GMT", -1)]
    public async Task Send_RetryAfter_IsWaitedForBeforeItsSenderIsAskedAgain(string field, int waitMilliseconds)
    {
        var calls = 0;
        using var bench = new ResilienceBench(
            (_, _, _) =>
            {
                var response = calls++ == 0 ? Status(503) : Ok();
                response.Headers.TryAddWithoutValidation("Retry-After", field);
                return Task.FromResult(response);
            },
            o => (o.Retry!.SameDestination, o.Retry.RetryStatusCodes) = (true, [503]),
            destinations: 1);
        var sending = bench.SendAsync();
        var waited = await bench.PassAsync(sending, TimeSpan.FromMilliseconds(5));
        Assert.Equal(waitMilliseconds < 0 ? "a" : "aa", bench.AskedInOrder);
        if (waitMilliseconds > 0) Assert.InRange(waited.TotalMilliseconds, waitMilliseconds, waitMilliseconds + 50);
    }

    [Fact]
    public async Task Send_RetryAfterWithSomebodyElseLeft_DoesNotDelayTheOther()
    {
        using var bench = new ResilienceBench(
            (id, _, _) =>
            {
                var response = id == "a" ? Status(503) : Ok();
                response.Headers.TryAddWithoutValidation("Retry-After", "120");
                return Task.FromResult(response);
            },
            o => o.Retry!.RetryStatusCodes = [503]);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync()).StatusCode); // time stands still
    }

    [Fact]
    public async Task Send_CallerGivesUp_IsNotTriedAgainNorHeldAgainstTheDestination()
    {
        using var bench = new ResilienceBench(Silent("abcd"));
        using var gone = new CancellationTokenSource();
        var sending = bench.SendAsync(Request(), gone.Token);
        await EventuallyAsync(() => !bench.Asked.IsEmpty);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await EventuallyAsync(() => !bench.Outcomes.All.IsEmpty);
        Assert.Equal(["a connection_terminated Client"], bench.Outcomes.All);
    }

    [Fact]
    public async Task Send_CallerGivesUpInAWait_EndsAtOnce()
    {
        using var bench = new ResilienceBench(Broken("abcd", SentState.AllSent), o => o.Retry!.BaseDelay = TimeSpan.FromMinutes(1));
        using var gone = new CancellationTokenSource();
        var sending = bench.SendAsync(Request(), gone.Token);
        await EventuallyAsync(() => bench.Asked.Count == 2);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(2, bench.Asked.Count);
    }

    [Fact]
    public async Task Send_RoutedMessage_IsAddressedAnewAndCountedOnce()
    {
        using var bench = new ResilienceBench(Refused("ab"));
        using var request = new RoutedRequestMessage { Method = HttpMethod.Get, PathAndQuery = "/cart" };
        using var response = await bench.SendAsync(request);
        Assert.Equal("c", request.Destination!.Id);
        Assert.Equal(3, request.Routing!.Attempts);
        Assert.Equal([0, 0, 1, 0], bench.Cluster.Snapshot.Destinations.Select(d => d.ConcurrentRequests));
        request.EndAttempt();
        Assert.Equal(0, bench["c"].ConcurrentRequests);
    }

    [Fact]
    public async Task Send_PinnedToOneAndNobodyElse_IsNotTriedElsewhere()
    {
        using var bench = new ResilienceBench(Refused("b"));
        using var request = Request();
        var routing = RequestRouting.GetOrCreate(request);
        (routing.Pinned, routing.PinnedOnly) = (bench["b"], true);
        await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync(request));
        Assert.Equal("b", bench.AskedInOrder);
    }

    [Fact]
    public void Send_Synchronously_RetriesAsWell()
    {
        using var bench = new ResilienceBench(Refused("abc"));
        using var request = Request();
        using var response = bench.Send(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("abcd", bench.AskedInOrder);
        Assert.Equal("http://shop/", request.RequestUri!.AbsoluteUri);
    }

    private static async Task<Exception?> Pass(ResilienceBench bench, Task sending)
    {
        await bench.PassAsync(sending);
        return await Record.ExceptionAsync(() => sending);
    }

    private static Task WhenAsked(ResilienceBench bench, int count) => EventuallyAsync(() => bench.Asked.Count >= count);

    private sealed class Watched : HttpContent
    {
        public bool IsDisposed { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
