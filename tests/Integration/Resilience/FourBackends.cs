using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>Four backends behind a proxy, or behind an <see cref="HttpClient"/> that balances, and a load in which every request is accounted for by its id.</summary>
internal sealed class FourBackends : IAsyncDisposable
{
    private readonly ProxyUnderTest? _proxy;
    private readonly ServiceProvider? _services;
    private readonly HttpClient _client;
    private int _ids;

    private FourBackends(MortalBackend[] backends, ProxyUnderTest? proxy, ServiceProvider? services, HttpClient client) =>
        (Backends, _proxy, _services, _client) = (backends, proxy, services, client);

    public MortalBackend[] Backends { get; }

    /// <summary>How each request ended: its method and path, and the status, 0 where there was none.</summary>
    public ConcurrentDictionary<string, int> Ended { get; } = [];

    public Cluster Cluster
    {
        get
        {
            var registry = (_proxy?.Services ?? _services!).GetRequiredService<IClusterRegistry>();
            Assert.True(registry.TryGet("backend", out var cluster));
            return cluster;
        }
    }

    public static async Task<FourBackends> StartAsync(bool withProxy, Action<ResilienceOptions>? configure = null)
    {
        var backends = Enumerable.Range(0, 4).Select(_ => new MortalBackend()).ToArray();
        void Describe(ClusterOptions cluster)
        {
            cluster.Destinations.Clear();
            for (var i = 0; i < backends.Length; i++) cluster.Destinations[$"b{i}"] = new() { Address = backends[i].Address };
            if (configure is null) return;
            cluster.Resilience = new() { Retry = new() };
            configure(cluster.Resilience);
        }

        if (withProxy)
        {
            var proxy = await ProxyUnderTest.StartAsync(new Uri(backends[0].Address), cluster: Describe);
            return new(backends, proxy, null, proxy.CreateClient());
        }

        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("backend", Describe);
        services.AddHttpClient("backend", c => c.Timeout = ProxyUnderTest.Patience).AddNet2Balancing("backend");
        var provider = services.BuildServiceProvider();
        return new(backends, null, provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient("backend"));
    }

    /// <summary>Sends requests, several at a time; each method in turn.</summary>
    public Task LoadAsync(int count, int workers = 8, params string[] methods)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await SendAsync(methods[Interlocked.Increment(ref _ids) % methods.Length]);
        }));
    }

    public async Task<HttpResponseMessage?> SendAsync(string method)
    {
        var path = $"/{Interlocked.Increment(ref _ids)}";
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT") request.Content = new StreamContent(new MemoryStream(new byte[2000]));
        try
        {
            var response = await _client.SendAsync(request, new CancellationTokenSource(ProxyUnderTest.Patience).Token);
            Ended[$"{method} {path}"] = (int)response.StatusCode;
            return response;
        }
        catch (HttpRequestException e)
        {
            Ended[$"{method} {path}"] = e is NoDestinationException ? (int)HttpStatusCode.ServiceUnavailable : 0;
            return null;
        }
    }

    /// <summary>Requests of these methods that did not end with 200.</summary>
    public string[] Failed(params string[] methods) =>
        [.. Ended.Where(e => e.Value != 200 && methods.Contains(e.Key.Split(' ')[0])).Select(e => $"{e.Key}: {e.Value}")];

    /// <summary>Requests of a method that backends have read more than once.</summary>
    public string[] Doubled(string method) =>
        [.. Backends.SelectMany(b => b.Worked).Where(w => w.StartsWith(method + " ", StringComparison.Ordinal)).GroupBy(w => w).Where(g => g.Count() > 1).Select(g => g.Key)];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_proxy is not null) await _proxy.DisposeAsync();
        if (_services is not null) await _services.DisposeAsync();
        foreach (var backend in Backends) await backend.DisposeAsync();
    }
}
