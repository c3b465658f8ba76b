using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Pipeline;

namespace Net2Secure.Routing.Proxying.Tests.Pipeline;

/// <summary>The order of handlers, and what may not be in it.</summary>
public sealed class ClusterPipelineTests
{
    [Fact]
    public void Compose_Handlers_StandInTheOrderThatIsPromised()
    {
        using DelegatingHandler outer = new PassingHandler(), inner = new PassingHandler();
        using var transport = new SocketsHttpHandler();
        var order = new List<HttpMessageHandler>();
        for (HttpMessageHandler? handler = new ClusterPipeline(CreateCluster(), [outer, inner], transport).For([]); handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
            order.Add(handler);

        // The one that keeps clients; the user's handlers, outermost first; then the one that copies requests; the one that makes attempts; the one that picks a destination; the one that tells how it went; the one that measures and traces; then what sends.
        // Whatever is added has its place named here.
        Assert.Equal(9, order.Count);
        Assert.IsType<AffinityHandler>(order[0]);
        Assert.Same(outer, order[1]);
        Assert.Same(inner, order[2]);
        Assert.IsType<MirroringHandler>(order[3]);
        Assert.IsType<ResilienceHandler>(order[4]);
        Assert.IsType<BalancingHandler>(order[5]);
        Assert.IsType<ObservationHandler>(order[6]);
        Assert.IsType<AttemptTelemetryHandler>(order[7]);
        Assert.Same(transport, order[8]);
    }

    [Fact]
    public void RouteHandlers_OfCompression_StandAroundTheCache()
    {
        var handlers = RouteHandlers.Create(cache: null, invalidation: null, new CompressionSettings(new()));
        Assert.Equal([typeof(AcceptEncodingHandler), typeof(CompressionHandler)], handlers.Select(h => h.GetType()));
        foreach (var handler in handlers) handler.Dispose();
    }

    [Fact]
    public async Task Compose_HandlersOfTheUser_SeeTheRequestBeforeADestinationIsPicked()
    {
        using var user = new PassingHandler();
        using var transport = new AnsweringHandler();
        using var pipeline = new HttpMessageInvoker(new ClusterPipeline(CreateCluster(), [user], transport).For([]));
        using var request = new RoutedRequestMessage();
        using var response = await pipeline.SendAsync(request, CancellationToken.None);
        Assert.Null(user.DestinationSeen);
        Assert.Equal("only", transport.DestinationSeen?.Id);
    }

    [Fact]
    public void Compose_NoHandlersOfTheUser_BeginsWithAffinityAndCopies()
    {
        using var transport = new SocketsHttpHandler();
        Assert.IsType<MirroringHandler>(Assert.IsType<AffinityHandler>(new ClusterPipeline(CreateCluster(), [], transport).For([])).InnerHandler);
    }

    [Fact]
    public void Compose_NullHandler_IsRefused()
    {
        using var transport = new SocketsHttpHandler();
        var error = Assert.Throws<ArgumentException>(() => new ClusterPipeline(CreateCluster(), [null!], transport).For([]));
        Assert.Contains("null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_HandlerThatIsLinkedAlready_IsRefusedByName()
    {
        using var transport = new SocketsHttpHandler();
        using var used = new PassingHandler();
        new ClusterPipeline(CreateCluster(), [used], transport).For([]);
        var error = Assert.Throws<ArgumentException>(() => new ClusterPipeline(CreateCluster(), [used], transport).For([]));
        Assert.Contains($"{nameof(PassingHandler)} is part of a pipeline already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_SameHandlerTwice_IsRefused()
    {
        using var transport = new SocketsHttpHandler();
        using var handler = new PassingHandler();
        Assert.Throws<ArgumentException>(() => new ClusterPipeline(CreateCluster(), [handler, handler], transport).For([]));
    }

    [Fact]
    public void Compose_TransportMissing_IsRefused() =>
        Assert.Throws<ArgumentNullException>(() => new ClusterPipeline(CreateCluster(), [], null!).For([]));

    private static Cluster CreateCluster()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["only"] = new DestinationOptions { Address = "http://10.0.0.1/" });
        return services.BuildServiceProvider().GetRequiredService<IClusterRegistry>().Clusters.Single();
    }

    private sealed class PassingHandler : DelegatingHandler
    {
        public Destination? DestinationSeen { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            DestinationSeen = ((RoutedRequestMessage)request).Destination;
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class AnsweringHandler : HttpMessageHandler
    {
        public Destination? DestinationSeen { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            DestinationSeen = ((RoutedRequestMessage)request).Destination;
            return Task.FromResult(new HttpResponseMessage());
        }
    }
}
