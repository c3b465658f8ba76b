using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Benchmarks.Resilience;

/// <summary>What retries, budget and circuits cost a request whose first attempt succeeds, in time and bytes; to be read against Without, which only picks a destination.</summary>
/// <remarks>The transport answers at once, so that nothing but the handlers is measured. With an attempt timeout a timer is set and stopped as well.</remarks>
[MemoryDiagnoser]
public class ResilienceBenchmarks : IDisposable
{
    private readonly HttpResponseMessage _response = new();
    private readonly RoutedRequestMessage _request = new() { Method = HttpMethod.Get };
    private readonly CancellationTokenSource _caller = new();
    private readonly ServiceProvider _services;
    private readonly HttpMessageInvoker _without;
    private readonly HttpMessageInvoker _with;
    private readonly HttpMessageInvoker _timed;

    public ResilienceBenchmarks()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("plain", Describe).AddCluster("timed", c =>
        {
            Describe(c);
            c.Resilience = new ResilienceOptions { AttemptTimeout = TimeSpan.FromSeconds(10) };
        });
        _services = services.BuildServiceProvider();
        _without = new HttpMessageInvoker(new BalancingHandler(Find("plain")) { InnerHandler = new Answering(_response) });
        _with = Create("plain");
        _timed = Create("timed");
    }

    [Benchmark(Baseline = true)]
    public Task<HttpResponseMessage> Without() => _without.SendAsync(_request, _caller.Token);

    [Benchmark]
    public Task<HttpResponseMessage> With() => _with.SendAsync(_request, _caller.Token);

    [Benchmark]
    public Task<HttpResponseMessage> WithAttemptTimeout() => _timed.SendAsync(_request, _caller.Token);

    [GlobalCleanup]
    public void Dispose()
    {
        _without.Dispose();
        _with.Dispose();
        _timed.Dispose();
        _request.Dispose();
        _response.Dispose();
        _caller.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void Describe(ClusterOptions cluster)
    {
        cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        foreach (var name in (string[])["a", "b", "c", "d"]) cluster.Destinations[name] = new DestinationOptions { Address = $"http://{name}.example/" };
    }

    private HttpMessageInvoker Create(string cluster) =>
        new(new ResilienceHandler(Find(cluster)) { InnerHandler = new BalancingHandler(Find(cluster)) { InnerHandler = new Answering(_response) } });

    private ClusterReference Find(string name)
    {
        if (!_services.GetRequiredService<IClusterRegistry>().TryGet(name, out var cluster)) throw new InvalidOperationException($"There is no cluster '{name}'.");
        return new ClusterReference(cluster);
    }

    private sealed class Answering(HttpResponseMessage response) : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _answer = Task.FromResult(response);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _answer;
    }
}
