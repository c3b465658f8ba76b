using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>A proxy, or a client with the same balancing inside, in front of backends that fail. Every request sent is accounted for.</summary>
internal sealed class FaultyCluster : IAsyncDisposable
{
    private readonly ProxyUnderTest? _proxy;
    private readonly ServiceProvider? _client;
    private readonly HttpClient _http;
    private int _sent;
    private int _answered;
    private int _failed;

    private FaultyCluster(FaultyBackend[] backends, ProxyUnderTest? proxy, ServiceProvider? client, HttpClient http)
    {
        (Backends, _proxy, _client, _http) = (backends, proxy, client, http);
    }

    public FaultyBackend[] Backends { get; }

    public IServiceProvider Services => _proxy?.Services ?? _client!;

    public IHealthReader Reader => Services.GetRequiredService<IHealthReader>();

    public IDestinationControl Control => Services.GetRequiredService<IDestinationControl>();

    public Cluster Cluster => Services.GetRequiredService<IClusterRegistry>().TryGet("backend", out var cluster) ? cluster : throw new InvalidOperationException("There is no cluster.");

    /// <summary>The destinations that take traffic, as one string of digits.</summary>
    public string Serving => string.Concat(Cluster.Snapshot.Candidates.Select(d => d.Id));

    /// <summary>Answers that are no 5xx.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>5xx, and requests without an answer.</summary>
    public int Failed => Volatile.Read(ref _failed);

    public static async Task<FaultyCluster> StartAsync(Action<ClusterOptions>? configure = null, bool byClient = false, bool resilient = false, int count = 4)
    {
        var backends = Enumerable.Range(0, count).Select(_ => new FaultyBackend()).ToArray();
        if (byClient)
        {
            var services = new ServiceCollection();
            services.AddNet2Health().AddCluster("backend", Describe);
            services.AddHttpClient("backend").AddNet2Balancing("backend").ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false });
            var provider = services.BuildServiceProvider();
            var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("backend");
            client.Timeout = ProxyUnderTest.Patience;
            return new(backends, null, provider, client);
        }

        var proxy = await ProxyUnderTest.StartAsync(backends[0].Uri, cluster: Describe);
        return new(backends, proxy, null, proxy.CreateClient());

        void Describe(ClusterOptions cluster)
        {
            cluster.Destinations.Clear();
            cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;

            // What ejecting alone is worth: nothing is repeated elsewhere, and nothing else holds attempts back.
            if (!resilient) cluster.Resilience = new() { Retry = new() { Enabled = false }, CircuitBreaker = new() { Enabled = false } };
            for (var i = 0; i < count; i++) cluster.Destinations[$"{i}"] = new DestinationOptions { Address = backends[i].Uri.ToString() };
            configure?.Invoke(cluster);
        }
    }

    /// <summary>All rules on.</summary>
    public static Action<ClusterOptions> AllRules(Action<PassiveHealthCheckOptions>? configure = null) => cluster =>
    {
        var passive = new PassiveHealthCheckOptions { Enabled = true };
        configure?.Invoke(passive);
        cluster.SetSection(new HealthCheckOptions { Passive = passive });
    };

    /// <summary>Sends one request and waits for what becomes of it.</summary>
    public async Task<bool> SendAsync(HttpMethod? method = null)
    {
        Interlocked.Increment(ref _sent);
        var isAnswered = false;
        try
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, "/");
            using var response = await _http.SendAsync(request);
            isAnswered = (int)response.StatusCode < 500;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Cut, or given up.
        }

        Interlocked.Increment(ref isAnswered ? ref _answered : ref _failed);
        return isAnswered;
    }

    /// <summary>Sends requests one after the other.</summary>
    /// <returns>How many of them failed.</returns>
    public async Task<int> SendAsync(int count)
    {
        var failed = 0;
        for (var i = 0; i < count; i++)
        {
            if (!await SendAsync()) failed++;
        }

        return failed;
    }

    /// <summary>Sends requests at a steady rate, without waiting for the answers, until something is so.</summary>
    /// <returns>The time it took, and those that were not answered yet when it was.</returns>
    public async Task<(TimeSpan Took, List<Task<bool>> Open)> SendUntilAsync(Func<bool> isSo, int perSecond = 400)
    {
        var open = new List<Task<bool>>();
        var started = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var sent = 0;
        while (!isSo())
        {
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            if (elapsed > ProxyUnderTest.Patience) throw new TimeoutException($"It is not so after {elapsed}: serving {Serving}, {string.Join("; ", Reader.History("backend").Select(c => $"{c.DestinationId} {c.Reason}"))}");
            for (; sent < elapsed.TotalSeconds * perSecond; sent++) open.Add(SendAsync());
            open.RemoveAll(static t => t.IsCompleted);
            await pace.WaitForNextTickAsync();
        }

        return (TimeProvider.System.GetElapsedTime(started), open);
    }

    /// <summary>Sends at a steady rate for some time and waits for all answers.</summary>
    public async Task SendForAsync(TimeSpan time, int perSecond = 400)
    {
        var started = TimeProvider.System.GetTimestamp();
        var (_, open) = await SendUntilAsync(() => TimeProvider.System.GetElapsedTime(started) >= time, perSecond);
        await Task.WhenAll(open).WaitAsync(ProxyUnderTest.Patience);
    }

    /// <summary>Whether each request that was sent has come to something.</summary>
    public void AssertAllAccountedFor() => Assert.Equal(Volatile.Read(ref _sent), Answered + Failed);

    /// <summary>Writes a figure for the report.</summary>
    public static void Report(string figure) => TestContext.Current.TestOutputHelper?.WriteLine(figure);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var backend in Backends) await backend.DisposeAsync();
        if (_proxy is not null) await _proxy.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
    }
}
