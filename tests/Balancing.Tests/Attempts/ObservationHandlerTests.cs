using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Attempts;

public sealed class ObservationHandlerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Listener _listener = new();

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendAsync_Answered_IsToldOnceWithTheTimeItTook(bool routed)
    {
        await SendAsync(routed, _ => Answer());
        var outcome = Assert.Single(_listener.Outcomes);
        Assert.Equal(("a", HttpStatusCode.OK, null, TimeSpan.FromSeconds(2)), (outcome.Destination, outcome.Status, outcome.Failure, outcome.Elapsed));
        Assert.Equal(["a"], _listener.Started);
    }

    [Fact]
    public async Task SendAsync_Failed_IsToldWithTheFailureAsTheTransportSaidIt()
    {
        var failure = new AttemptFailure(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected);
        await Assert.ThrowsAsync<AttemptException>(() => SendAsync(routed: true, _ => throw new AttemptException(failure, "refused")));
        Assert.Equal(failure, Assert.Single(_listener.Outcomes).Failure);
    }

    [Fact]
    public async Task SendAsync_CallerGaveUp_SaysNothingOfTheDestination()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(routed: true, _ => throw new OperationCanceledException()));
        Assert.Equal(FailureSide.Client, Assert.Single(_listener.Outcomes).Failure!.Value.Side);
        Assert.False(_listener.Counted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendAsync_TimeOfTheAttemptIsUp_IsTheDestinationsFailure(bool routed)
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(
            routed,
            request =>
            {
                RequestRouting.GetOrCreate(request).TimedOut = true;
                throw new OperationCanceledException();
            }));
        Assert.Equal((AttemptFailureKinds.HttpResponseTimeout, FailureSide.Destination), (_listener.Outcomes[0].Failure!.Value.Kind, _listener.Outcomes[0].Failure!.Value.Side));
        Assert.True(_listener.Counted);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, AttemptFailureKinds.ConnectionRefused)]
    [InlineData(SocketError.TimedOut, AttemptFailureKinds.ConnectionTimeout)]
    [InlineData(SocketError.HostUnreachable, AttemptFailureKinds.DestinationIpUnroutable)]
    public async Task SendAsync_ExceptionOfTheFramework_IsReadAsFarAsItSays(SocketError error, string kind)
    {
        var exception = new HttpRequestException(HttpRequestError.ConnectionError, "no", new SocketException((int)error));
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(routed: false, _ => throw exception));
        Assert.Equal(new AttemptFailure(kind, FailureSide.Destination, SentState.NotConnected), _listener.Outcomes[0].Failure);
    }

    private HttpResponseMessage Answer()
    {
        _time.Advance(TimeSpan.FromSeconds(2));
        return new HttpResponseMessage(HttpStatusCode.OK);
    }

    private async Task SendAsync(bool routed, Func<HttpRequestMessage, HttpResponseMessage> send)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IClusterFeatureFactory>(_listener);
        services.AddNet2Balancing().AddCluster("shop", cluster => cluster.Destinations["a"] = new() { Address = "http://10.0.0.1/" });
        await using var provider = services.BuildServiceProvider();
        var cluster = new ClusterReference(provider.GetRequiredService<IClusterRegistry>(), "shop");
        using var invoker = new HttpMessageInvoker(new BalancingHandler(cluster) { InnerHandler = new ObservationHandler(cluster) { InnerHandler = new Sending(send) } });
        using var request = routed ? new RoutedRequestMessage() : new HttpRequestMessage(HttpMethod.Get, "http://shop/");
        using var response = await invoker.SendAsync(request, CancellationToken.None);
    }

    private sealed record Seen(string Destination, HttpStatusCode? Status, AttemptFailure? Failure, TimeSpan Elapsed);

    private sealed class Listener : IClusterFeatureFactory, IClusterFeature, IAttemptObserver
    {
        public List<string> Started { get; } = [];

        public List<Seen> Outcomes { get; } = [];

        public bool Counted { get; private set; }

        public IClusterFeature Create(Cluster cluster) => this;

        public void Configure(ClusterSnapshot snapshot)
        {
        }

        public void OnStarted(Destination destination, HttpRequestMessage request) => Started.Add(destination.Id);

        public void OnEnded(in AttemptOutcome outcome)
        {
            Outcomes.Add(new(outcome.Destination.Id, outcome.Response?.StatusCode, outcome.Failure, outcome.Elapsed));
            Counted |= outcome.CountsForDestination;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Sending(Func<HttpRequestMessage, HttpResponseMessage> send) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            return send(request);
        }
    }
}
