using Microsoft.Extensions.DependencyInjection;
using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>Who cannot be reached is asked on trial only, and soon enough.</summary>
public sealed class CircuitBreakerTests
{
    private string _down = "a";

    [Fact]
    public async Task FiveRefusedInARow_OpenTheCircuit_AndTheDestinationIsLeftOut()
    {
        using var bench = Bench();
        await SendAsync(bench, 40);
        Assert.Equal(5, AskedOf(bench, 'a'));
        Assert.True(bench["a"].Circuit.IsOpen);
    }

    [Fact]
    public async Task FailuresWithAnAnswerBetween_KeepItClosed()
    {
        var calls = 0;
        using var bench = new ResilienceBench((id, _, _) => id == "a" && ++calls % 3 != 0 ? Task.FromException<HttpResponseMessage>(Failure(SentState.NotConnected)) : Task.FromResult(Ok()));
        await SendAsync(bench, 60);
        Assert.False(bench["a"].Circuit.IsOpen);
    }

    [Fact]
    public async Task FailuresLongApart_KeepItClosed()
    {
        using var bench = Bench();
        for (var i = 0; i < 12; i++)
        {
            await SendAsync(bench, 4);
            bench.Time.Advance(TimeSpan.FromSeconds(4)); // three within ten seconds
        }

        Assert.False(bench["a"].Circuit.IsOpen);
    }

    [Theory]
    [InlineData(AttemptFailureKinds.HttpProtocolError, SentState.Unknown, FailureSide.Destination)]
    [InlineData(AttemptFailureKinds.HttpResponseTimeout, SentState.Unknown, FailureSide.Destination)]
    [InlineData(AttemptFailureKinds.ConnectionTerminated, SentState.Unknown, FailureSide.Client)]
    [InlineData(AttemptFailureKinds.ConnectionLimitReached, SentState.NotConnected, FailureSide.Proxy)]
    [InlineData(AttemptFailureKinds.ConnectionTerminated, SentState.AnswerBegun, FailureSide.Destination)]
    public async Task FailuresThatAreNotOfItsConnections_KeepItClosed(string kind, SentState sent, FailureSide side)
    {
        using var bench = new ResilienceBench((_, _, _) => Task.FromException<HttpResponseMessage>(Failure(sent, kind, side)), o => o.Retry!.Enabled = false);
        for (var i = 0; i < 60; i++) await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync());
        Assert.DoesNotContain(bench.Cluster.Snapshot.Destinations, d => d.Circuit.IsOpen);
    }

    [Fact]
    public async Task Trial_AfterTheWait_IsOneRequestThatClientsDoNotNotice()
    {
        using var bench = Bench();
        await SendAsync(bench, 40);
        bench.Time.Advance(TimeSpan.FromMilliseconds(260));
        await SendAsync(bench, 40);
        Assert.Equal(6, AskedOf(bench, 'a'));
    }

    [Fact]
    public async Task Trials_ThatFail_ComeAtGrowingDistancesUpToABound()
    {
        using var bench = Bench();
        await SendAsync(bench, 40);
        var trials = new List<double>();
        for (var i = 0; i < 3000; i++)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(10));
            var before = AskedOf(bench, 'a');
            await SendAsync(bench, 4);
            if (AskedOf(bench, 'a') > before) trials.Add(i / 100.0);
        }

        var distances = trials.Zip(trials.Skip(1), (a, b) => b - a).ToArray();
        Assert.InRange(distances[0], 0.37, 0.53);
        Assert.InRange(distances[1], 0.74, 1.05);
        Assert.InRange(distances[2], 1.49, 2.05);
        Assert.All(distances[4..], d => Assert.InRange(d, 3.7, 5.05));
    }

    [Fact]
    public async Task Trial_ThatIsAnswered_ClosesTheCircuit()
    {
        using var bench = Bench();
        await SendAsync(bench, 40);
        _down = "";
        bench.Time.Advance(TimeSpan.FromMilliseconds(260));
        await SendAsync(bench, 40);
        Assert.False(bench["a"].Circuit.IsOpen);
        Assert.InRange(AskedOf(bench, 'a'), 13, 16);
    }

    [Fact]
    public async Task Trial_WhileItLasts_IsTheOnlyOne()
    {
        var hang = false;
        using var bench = new ResilienceBench(async (id, _, token) =>
        {
            if (id != "a") return Ok();
            if (hang) await Task.Delay(Timeout.Infinite, token);
            throw Failure(SentState.NotConnected);
        });
        await SendAsync(bench, 40);
        hang = true;
        bench.Time.Advance(TimeSpan.FromMilliseconds(260));
        using var end = new CancellationTokenSource();
        var sent = new List<Task>();
        for (var i = 0; i < 8; i++) sent.Add(bench.SendAsync(Request(), end.Token));
        await EventuallyAsync(() => sent.Count(s => s.IsCompleted) == 7);
        Assert.Equal(6, AskedOf(bench, 'a'));
        await end.CancelAsync();
    }

    [Fact]
    public async Task Trial_IsASafeRequestWhereOneComes()
    {
        using var bench = Bench();
        await SendAsync(bench, 40);
        bench.Time.Advance(TimeSpan.FromMilliseconds(260));
        await SendAsync(bench, 40, "POST");
        Assert.Equal(5, AskedOf(bench, 'a'));
        bench.Time.Advance(TimeSpan.FromMilliseconds(500));
        await SendAsync(bench, 40, "POST");
        Assert.Equal(6, AskedOf(bench, 'a'));
    }

    [Fact]
    public async Task AllOpen_RequestsAreRefusedWithoutAConnectionBeingTried()
    {
        _down = "abcd";
        using var bench = Bench();
        while (bench.Cluster.Snapshot.Destinations.Any(d => !d.Circuit.IsOpen)) await Record.ExceptionAsync(() => bench.SendAsync());
        var asked = bench.Asked.Count;
        for (var i = 0; i < 100; i++) await Assert.ThrowsAsync<NoDestinationException>(() => bench.SendAsync(i % 2 == 0 ? "GET" : "POST"));
        Assert.Equal(asked, bench.Asked.Count);
    }

    [Fact]
    public async Task AllOpenForLong_IsBackWithinASecondAndAHalfOfTheFirstReturn()
    {
        _down = "abcd";
        using var bench = Bench();
        for (var i = 0; i < 600; i++)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.NotNull(await Record.ExceptionAsync(() => bench.SendAsync()));
        }

        Assert.InRange(bench.Asked.Count, 60, 60 * 4 * 1.5); // a few a second
        _down = "abd";
        var waited = 0;
        while (await Record.ExceptionAsync(() => bench.SendAsync()) is NoDestinationException)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(10));
            waited += 10;
        }

        Assert.InRange(waited, 0, 1500);
        Assert.False(bench["c"].Circuit.IsOpen);
    }

    [Fact]
    public async Task TrialThatFailsWithNobodyElse_IsToldAsAClusterThatCannotBeUsed()
    {
        _down = "a";
        using var bench = new ResilienceBench((id, _, _) => Refused(_down)(id, null!, default), destinations: 1);
        for (var i = 0; i < 4; i++) await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync());
        Assert.IsType<AttemptException>((await Assert.ThrowsAsync<NoDestinationException>(() => bench.SendAsync())).InnerException);
    }

    [Fact]
    public async Task Readmitted_ByHealth_BeginsWithAClosedCircuit()
    {
        using var bench = Bench();
        await SendAsync(bench, 40);
        bench.Cluster.Update(bench["a"], "probe failed", s => s with { Active = DestinationHealth.Unhealthy });
        Assert.True(bench["a"].Circuit.IsOpen);
        bench.Cluster.Update(bench["a"], "probes answered", s => s with { Active = DestinationHealth.Healthy });
        Assert.False(bench["a"].Circuit.IsOpen);
    }

    [Fact]
    public async Task Share_OfFailures_OpensWhereThatIsAskedFor()
    {
        var calls = 0;
        using var bench = new ResilienceBench(
            (id, _, _) => id == "a" && calls++ % 2 == 0 ? Task.FromException<HttpResponseMessage>(Failure(SentState.Unknown, AttemptFailureKinds.HttpResponseTimeout)) : Task.FromResult(Ok()),
            o => (o.CircuitBreaker!.FailurePercent, o.CircuitBreaker.MinAttempts) = (50, 20));
        await SendAsync(bench, 12 * 4);
        Assert.False(bench["a"].Circuit.IsOpen);
        await SendAsync(bench, 12 * 4);
        Assert.True(bench["a"].Circuit.IsOpen);
    }

    [Fact]
    public async Task SwitchedOff_AsksEverybody()
    {
        using var bench = new ResilienceBench((id, request, token) => Refused(_down)(id, request, token), o => o.CircuitBreaker!.Enabled = false);
        await SendAsync(bench, 40);
        Assert.InRange(AskedOf(bench, 'a'), 10, 14);
    }

    private ResilienceBench Bench() => new((id, request, token) => Refused(_down)(id, request, token));

    private static int AskedOf(ResilienceBench bench, char id) => bench.AskedInOrder.Count(c => c == id);

    private static async Task SendAsync(ResilienceBench bench, int count, string method = "GET")
    {
        for (var i = 0; i < count; i++) (await bench.SendAsync(method)).Dispose();
    }
}
