using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>A cluster with the handlers that every attempt passes, above a transport that does what a test says.</summary>
internal sealed class ResilienceBench : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly HttpMessageInvoker _pipeline;

    public ResilienceBench(
        Func<string, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> transport,
        Action<ResilienceOptions>? configure = null,
        int destinations = 4,
        Action<IServiceCollection>? services = null,
        Action<ClusterOptions>? cluster = null)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddSingleton<RandomSource>(new SeededRandomSource(1));
        collection.AddSingleton<IClusterFeatureFactory>(Outcomes);
        services?.Invoke(collection);
        collection.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            for (var i = 0; i < destinations; i++) c.Destinations[((char)('a' + i)).ToString()] = new() { Address = $"http://10.0.0.{i + 1}/" };
            cluster?.Invoke(c);
            if (configure is null) return;
            c.Resilience = new() { Retry = new(), Budget = new(), CircuitBreaker = new(), Hedging = new() };
            configure(c.Resilience);
        });
        _services = collection.BuildServiceProvider();
        Assert.True(_services.GetRequiredService<IClusterRegistry>().TryGet("shop", out var live));
        Cluster = live;
        HttpMessageHandler inner = new Transport(this, transport);
        foreach (var handler in AttemptPipeline.Create(new ClusterReference(live)).Reverse())
        {
            handler.InnerHandler = inner;
            inner = handler;
        }

        _pipeline = new HttpMessageInvoker(inner);
    }

    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(20);

    public ManualTimeProvider Time { get; } = new();

    public Cluster Cluster { get; }

    public IServiceProvider Services => _services;

    /// <summary>Whom the transport was asked to reach, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public string AskedInOrder => string.Concat(Asked);

    /// <summary>What observers of the cluster were told.</summary>
    public RecordedOutcomes Outcomes { get; } = new();

    public Destination this[string id] => Cluster.Snapshot.Destinations.Single(d => d.Id == id);

    /// <summary>Transport that cannot connect to these, and gets an answer from the others.</summary>
    public static Func<string, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Refused(string ids) =>
        (id, _, _) => ids.Contains(id, StringComparison.Ordinal) ? Task.FromException<HttpResponseMessage>(Failure(SentState.NotConnected)) : Task.FromResult(Ok());

    /// <summary>Transport whose connection to these breaks at a certain point.</summary>
    public static Func<string, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Broken(string ids, SentState sent) =>
        (id, _, _) => ids.Contains(id, StringComparison.Ordinal) ? Task.FromException<HttpResponseMessage>(Failure(sent, AttemptFailureKinds.ConnectionTerminated)) : Task.FromResult(Ok());

    /// <summary>Transport that hears nothing from these.</summary>
    public static Func<string, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Silent(string ids) => async (id, _, token) =>
    {
        if (ids.Contains(id, StringComparison.Ordinal)) await Task.Delay(Timeout.Infinite, token);
        return Ok();
    };

    public static AttemptException Failure(SentState sent, string kind = AttemptFailureKinds.ConnectionRefused, FailureSide side = FailureSide.Destination) =>
        new(new(kind, side, sent), "scripted");

    public static HttpResponseMessage Ok() => new(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };

    public static HttpResponseMessage Status(int status) => new((HttpStatusCode)status) { Content = new ByteArrayContent([]) };

    public static HttpRequestMessage Request(string method = "GET", HttpContent? content = null) => new(new HttpMethod(method), "http://shop/") { Content = content };

    public Task<HttpResponseMessage> SendAsync(string method = "GET", HttpContent? content = null, CancellationToken token = default) => SendAsync(Request(method, content), token);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token = default) => _pipeline.SendAsync(request, token).WaitAsync(Bound, token);

    public HttpResponseMessage Send(HttpRequestMessage request) => _pipeline.Send(request, CancellationToken.None);

    /// <summary>Moves time on in small steps until something is done.</summary>
    public async Task<TimeSpan> PassAsync(Task task, TimeSpan? step = null)
    {
        var began = Time.GetUtcNow();
        using var patience = new CancellationTokenSource(Bound);
        while (!task.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(1, patience.Token);
            if (!task.IsCompleted) Time.Advance(step ?? TimeSpan.FromMilliseconds(10));
        }

        return Time.GetUtcNow() - began;
    }

    /// <summary>Waits for what happens on another thread.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Bound);
        while (!condition()) await Task.Delay(1, patience.Token);
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        _services.Dispose();
    }

    private sealed class Transport(ResilienceBench bench, Func<string, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> transport) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var destination = request is RoutedRequestMessage routed ? routed.Destination! : request.Options.TryGetValue(BalancingRequestOptions.Destination, out var d) ? d : null!;
            bench.Asked.Enqueue(destination.Id);
            return transport(destination.Id, request, cancellationToken);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => SendAsync(request, cancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>A feature that writes down how attempts went.</summary>
    internal sealed class RecordedOutcomes : IClusterFeature, IClusterFeatureFactory, IAttemptObserver
    {
        public ConcurrentQueue<string> All { get; } = [];

        public IClusterFeature Create(Cluster cluster) => this;

        public void OnStarted(Destination destination, HttpRequestMessage request)
        {
        }

        public void OnEnded(in AttemptOutcome outcome) =>
            All.Enqueue($"{outcome.Destination.Id} {(outcome.Failure is { } f ? $"{f.Kind} {f.Side}" : ((int)outcome.Response!.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture))}");

        public void Configure(ClusterSnapshot snapshot)
        {
        }

        public void Dispose()
        {
        }
    }
}
