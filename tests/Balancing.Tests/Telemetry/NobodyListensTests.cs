using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Telemetry;

/// <summary>Attempts pay nothing for being measurable. No test of this assembly may listen to spans: that would count for the whole process.</summary>
public sealed class NobodyListensTests
{
    [Fact]
    public async Task Attempt_NobodyListens_AllocatesNothingForIt()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("quiet", c => c.Destinations["a"] = new() { Address = "http://10.0.0.1:8080/" });
        await using var provider = services.BuildServiceProvider();
        var cluster = provider.GetRequiredService<IClusterRegistry>().Clusters.Single();
        Assert.NotNull(cluster.Telemetry);
        using var response = new HttpResponseMessage();
        using var answering = new Answering(Task.FromResult(response));
        using var with = new HttpMessageInvoker(new AttemptTelemetryHandler(new ClusterReference(cluster)) { InnerHandler = answering });
        using var request = new RoutedRequestMessage { Method = HttpMethod.Get };
        request.BeginAttempt(cluster.Snapshot.Destinations[0]);
        Assert.False(cluster.Telemetry.IsWanted(request));
        Assert.Equal(0, AllocatedBy(with, request));
        request.EndAttempt();
    }

    private static long AllocatedBy(HttpMessageInvoker pipeline, HttpRequestMessage request)
    {
        const int rounds = 1000;
        for (var i = 0; i < rounds; i++) Assert.True(pipeline.SendAsync(request, CancellationToken.None).IsCompletedSuccessfully);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < rounds; i++) _ = pipeline.SendAsync(request, CancellationToken.None).IsCompletedSuccessfully;
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Answering(Task<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer;
    }
}
