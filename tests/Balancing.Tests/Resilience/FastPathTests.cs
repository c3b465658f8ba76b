using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>A request whose first attempt is answered pays next to nothing for all that might have been.</summary>
public sealed class FastPathTests
{
#if DEBUG
    // Without optimization the state of an async method is an object of its own.
    private const long OneTask = 240;
#else
    // The task of an async method with a result.
    private const long OneTask = 80;
#endif

    [Fact]
    public void Send_FirstAttemptIsAnswered_AllocatesOneTaskMoreThanWithoutResilience()
    {
        using var response = Ok();
        var answer = Task.FromResult(response);
        using var bench = new ResilienceBench((_, _, _) => answer);
        var cluster = new ClusterReference(bench.Cluster);
        var answering = new Answering(answer);
        using var without = new HttpMessageInvoker(answering);
        using var with = new HttpMessageInvoker(new ResilienceHandler(cluster) { InnerHandler = answering });
        using var request = new RoutedRequestMessage { Method = HttpMethod.Get };
        var difference = AllocatedBy(with, request) - AllocatedBy(without, request);
        Assert.InRange(difference, 0, OneTask);
    }

    [Fact]
    public async Task Send_FirstAttemptIsAnswered_ReturnsItsScopeForTheNext()
    {
        using var bench = new ResilienceBench((_, _, _) => Task.FromResult(Ok()));
        using var request = new RoutedRequestMessage { Method = HttpMethod.Get };
        (await bench.SendAsync(request)).Dispose();
        Assert.Null(request.Scope);
        Assert.Null(request.Routing);
        Assert.All(bench.Cluster.Snapshot.Destinations, d => Assert.Equal(0, d.Waiting.Count));
    }

    private static long AllocatedBy(HttpMessageInvoker pipeline, HttpRequestMessage request)
    {
        const int rounds = 1000;
        using var caller = new CancellationTokenSource();
        for (var i = 0; i < rounds; i++) Assert.True(pipeline.SendAsync(request, caller.Token).IsCompletedSuccessfully);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < rounds; i++) _ = pipeline.SendAsync(request, caller.Token).IsCompletedSuccessfully;
        return (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
    }

    private sealed class Answering(Task<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer;
    }
}
