using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Limits;

/// <summary>A cluster with limits and a time of its own. Each request is answered at once and counts until the test ends it.</summary>
internal sealed class LimitedCluster : IDisposable
{
    private readonly object _owner = new();
    private readonly ServiceProvider _services;
    private readonly ClusterRegistry _registry;
    private readonly HttpMessageInvoker _pipeline;
    private readonly string _policy;

    public LimitedCluster(LimitsOptions? limits, int destinations = 2, string policy = LoadBalancingPolicyNames.FirstAlphabetical, Action<IServiceCollection>? configure = null)
    {
        _policy = policy;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        configure?.Invoke(services);
        services.AddNet2Balancing();
        _services = services.BuildServiceProvider();
        _registry = _services.GetRequiredService<ClusterRegistry>();
        Apply(limits, destinations);
        _pipeline = new HttpMessageInvoker(new BalancingHandler(new ClusterReference(Cluster)) { InnerHandler = new Answering() });
    }

    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(20);

    public ManualTimeProvider Time { get; } = new();

    public Cluster Cluster => _registry.Clusters.Single();

    public RequestLimiter Limiter => Cluster.Limiter!;

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public Destination this[int index] => Cluster.Snapshot.Destinations[index];

    /// <summary>In flight at each destination, and how many wait: "2 1 +3".</summary>
    public string State => string.Join(' ', Cluster.Snapshot.Destinations.Select(d => d.ConcurrentRequests)) + (Limiter.Waiting > 0 ? $" +{Limiter.Waiting}" : "");

    /// <summary>Reloads the settings.</summary>
    public void Apply(LimitsOptions? limits, int destinations = 2)
    {
        var options = new ClusterOptions { ClusterId = "shop", LoadBalancingPolicy = _policy, Limits = limits };
        for (var i = 0; i < destinations; i++) options.Destinations[((char)('a' + i)).ToString()] = new DestinationOptions { Address = $"http://10.0.0.{i + 1}/" };
        _registry.Apply(_owner, [options]);
    }

    /// <summary>Sends a request. The task ends when its attempt has begun.</summary>
    public async Task<RoutedRequestMessage> AskAsync(Action<RequestRouting>? route = null, CancellationToken token = default)
    {
        var request = new RoutedRequestMessage();
        if (route is not null) route(RequestRouting.GetOrCreate(request));
        using var response = await _pipeline.SendAsync(request, token);
        return request;
    }

    /// <summary>A request that is there at once.</summary>
    public RoutedRequestMessage Ask(Action<RequestRouting>? route = null)
    {
        var asked = AskAsync(route);
        Assert.True(asked.IsCompleted, "The request waits.");
        return asked.GetAwaiter().GetResult();
    }

    /// <summary>A request that is refused.</summary>
    public async Task<NoDestinationException> RefusedAsync(Action<RequestRouting>? route = null) =>
        await Assert.ThrowsAsync<NoDestinationException>(() => AskAsync(route).WaitAsync(Bound));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _pipeline.SendAsync(request, CancellationToken.None);

    public void Dispose()
    {
        _pipeline.Dispose();
        _services.Dispose();
    }

    private sealed class Answering : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _answer = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _answer;
    }
}
