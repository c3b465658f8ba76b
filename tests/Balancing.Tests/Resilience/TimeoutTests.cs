using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>An attempt has its time, and all of them together have theirs.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task AttemptTimeout_FirstIsSilent_SecondAnswersAndTheFirstIsHeldToAccount()
    {
        using var bench = new ResilienceBench(Silent("a"), o => o.AttemptTimeout = TimeSpan.FromSeconds(1));
        var sending = bench.SendAsync();
        Assert.InRange(await bench.PassAsync(sending), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
        using var response = await sending;
        Assert.Equal("ab", bench.AskedInOrder);
        Assert.Equal(["a http_response_timeout Destination", "b 200"], bench.Outcomes.All);
    }

    [Fact]
    public async Task AttemptTimeout_Post_FailsWithoutAnotherAttempt()
    {
        using var bench = new ResilienceBench(Silent("a"), o => o.AttemptTimeout = TimeSpan.FromSeconds(1));
        var sending = bench.SendAsync("POST", new ByteArrayContent([1]));
        await bench.PassAsync(sending);
        Assert.Equal(AttemptFailureKinds.HttpResponseTimeout, (await Assert.ThrowsAsync<AttemptException>(() => sending)).Failure.Kind);
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Fact]
    public async Task TotalTimeout_AllAreSilent_EndsTheRequestWhateverAttemptsAreLeft()
    {
        using var bench = new ResilienceBench(Silent("abcd"), o => (o.AttemptTimeout, o.TotalTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5)));
        var sending = bench.SendAsync();
        Assert.InRange(await bench.PassAsync(sending), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(1.6));
        Assert.Equal(AttemptFailureKinds.HttpResponseTimeout, (await Assert.ThrowsAsync<AttemptException>(() => sending)).Failure.Kind);
        Assert.Equal("ab", bench.AskedInOrder);
    }

    [Fact]
    public async Task TotalTimeout_WaitThatWouldNotFit_IsNotBegun()
    {
        using var bench = new ResilienceBench(Broken("abcd", SentState.AllSent), o => (o.TotalTimeout, o.Retry!.BaseDelay, o.Retry.MaxDelay) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)));
        await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync()); // time stands still
        Assert.Equal("ab", bench.AskedInOrder);
    }

    [Fact]
    public async Task AttemptTimeout_AfterTheHead_LetsTheBodyTakeItsTime()
    {
        using var bench = new ResilienceBench((_, _, _) => Task.FromResult(Ok()), o => o.AttemptTimeout = TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
        {
            using var response = await bench.SendAsync();
            bench.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.All(bench.Outcomes.All, o => Assert.EndsWith(" 200", o, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AttemptTimeout_ScopeServedAnEarlierRequest_GivesTheNextItsWholeTime()
    {
        var isSilent = false;
        using var bench = new ResilienceBench(
            async (_, _, token) =>
            {
                if (isSilent) await Task.Delay(Timeout.Infinite, token);
                return Ok();
            },
            o => (o.AttemptTimeout, o.Retry!.Enabled) = (TimeSpan.FromSeconds(1), false));
        (await bench.SendAsync()).Dispose();
        bench.Time.Advance(TimeSpan.FromMilliseconds(900));
        isSilent = true;
        var sending = bench.SendAsync();
        Assert.InRange(await bench.PassAsync(sending), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
    }
}
