using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Fallback;
using Polly.Timeout;
using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>Strategies of the user's own stand around all attempts.</summary>
public sealed class StrategiesTests
{
    [Fact]
    public async Task Strategy_SeesEachRequestOnceWithItsOutcome()
    {
        var seen = new List<string>();
        using var bench = new ResilienceBench(Refused("abc"), services: s => s.ConfigureNet2Resilience((pipeline, cluster) => pipeline.AddFallback(new FallbackStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = args =>
            {
                Assert.True(args.Context.Properties.TryGetValue(ResilienceKeys.Request, out var request));
                seen.Add($"{cluster.Id} {request.Method} {(int)args.Outcome.Result!.StatusCode}");
                return ValueTask.FromResult(false);
            },
            FallbackAction = _ => throw new InvalidOperationException(),
        })));
        using var response = await bench.SendAsync();
        Assert.Equal(["shop GET 200"], seen);
        Assert.Equal("abcd", bench.AskedInOrder);
    }

    [Fact]
    public async Task Strategy_ThatRepeats_BeginsWithAllDestinations()
    {
        var calls = 0;
        using var bench = new ResilienceBench(
            (_, _, _) => ++calls <= 2 ? Task.FromException<HttpResponseMessage>(Failure(SentState.NotConnected)) : Task.FromResult(Ok()),
            destinations: 2,
            services: s => s.ConfigureNet2Resilience((pipeline, _) => pipeline.AddRetry(new()
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is HttpRequestException),
                Delay = TimeSpan.Zero,
                UseJitter = false,
                BackoffType = DelayBackoffType.Constant,
            })));
        var sending = bench.SendAsync();
        await bench.PassAsync(sending);
        using var response = await sending;
        Assert.Equal(3, bench.Asked.Count);
    }

    [Fact]
    public async Task Strategy_ThatRunsOutOfTime_IsToldAsNoAnswerInTime()
    {
        using var bench = new ResilienceBench(Silent("abcd"), services: s => s.ConfigureNet2Resilience((pipeline, _) => pipeline.AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(1) })));
        var sending = bench.SendAsync();
        await bench.PassAsync(sending);
        Assert.Equal(AttemptFailureKinds.HttpResponseTimeout, (await Assert.ThrowsAsync<AttemptException>(() => sending)).Failure.Kind);
    }

    [Fact]
    public async Task Strategy_ThatCannotBeBuilt_LeavesTheClusterAsItIs()
    {
        using var bench = new ResilienceBench(Refused("a"), services: s => s.ConfigureNet2Resilience((_, _) => throw new InvalidOperationException("the user's")));
        using var response = await bench.SendAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
