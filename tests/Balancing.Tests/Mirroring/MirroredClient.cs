using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Mirroring;

/// <summary>A client of the cluster "shop" (10.0.0.1, 10.0.0.2), whose requests are copied to the cluster "shadow" (10.0.0.9). What each server does is for the test to say.</summary>
internal sealed class MirroredClient : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();

    public MirroredClient(MirrorOptions mirror, Action<ClusterOptions>? shop = null, Action<ClusterOptions>? shadow = null, RandomSource? random = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        if (random is not null) services.AddSingleton(random);
        services.AddSingleton<ILoggerProvider>(new Log(this));
        mirror.ClusterId = "shadow";
        services.AddNet2Balancing()
            .AddCluster("shop", c =>
            {
                c.LoadBalancingPolicy = LoadBalancingPolicyNames.FirstAlphabetical;
                c.Mirror = mirror;
                c.Destinations["a"] = new() { Address = "http://10.0.0.1/" };
                c.Destinations["b"] = new() { Address = "http://10.0.0.2/" };
                shop?.Invoke(c);
            })
            .AddCluster("shadow", c =>
            {
                c.Destinations["s"] = new() { Address = "http://10.0.0.9/" };
                shadow?.Invoke(c);
            });
        services.AddHttpClient("shop").AddNet2Balancing("shop").ConfigurePrimaryHttpMessageHandler(() => new Servers(this));
        _services = services.BuildServiceProvider();
        Client = _services.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        _listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>() && instrument.Name.StartsWith("net2.mirror.", StringComparison.Ordinal)) l.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured.Add($"{instrument.Name} {instrument.Unit} {value} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}"));
        _listener.Start();
    }

    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(20);

    public ManualTimeProvider Time { get; } = new();

    public HttpClient Client { get; }

    /// <summary>What the servers of the shop do; the default answers 200.</summary>
    public Func<Seen, CancellationToken, Task<HttpResponseMessage>> Shop { get; set; } = (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("shop") });

    /// <summary>What the server of the shadow does; the default answers 200.</summary>
    public Func<Seen, CancellationToken, Task<HttpResponseMessage>> Shadow { get; set; } = (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("shadow") });

    public ConcurrentBag<string> Measured { get; } = [];

    public ConcurrentQueue<string> Events { get; } = [];

    public ConcurrentQueue<Seen> AtShop { get; } = [];

    public ConcurrentQueue<Seen> AtShadow { get; } = [];

    public Balancing.Mirroring Mirroring => Cluster("shop").Feature<Balancing.Mirroring>()!;

    public Cluster Cluster(string id) => _services.GetRequiredService<IClusterRegistry>().TryGet(id, out var cluster) ? cluster : throw new InvalidOperationException(id);

    /// <summary>Waits until no copy is under way, or no more than some. They begin on another thread, so that they are counted before their request is answered.</summary>
    public async Task SettleAsync(int left = 0)
    {
        using var patience = new CancellationTokenSource(Bound);
        while (Mirroring.UnderWay > left) await Task.Delay(1, patience.Token);
    }

    public void Dispose()
    {
        _listener.Dispose();
        Client.Dispose();
        _services.Dispose();
    }

    /// <summary>A request as it came to a server.</summary>
    internal sealed record Seen(string Method, string Target, string? Host, string? Mark, string Fields, byte[]? Body);

    private sealed class Servers(MirroredClient owner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isShadow = request.RequestUri!.Host == "10.0.0.9";
            var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            var mark = request.Headers.TryGetValues("X-Net2-Mirror", out var values) ? string.Join(',', values) : null;
            var seen = new Seen(request.Method.Method, request.RequestUri.PathAndQuery, request.Headers.Host, mark, request.Headers.ToString(), body);
            (isShadow ? owner.AtShadow : owner.AtShop).Enqueue(seen);
            return await (isShadow ? owner.Shadow : owner.Shop)(seen, cancellationToken);
        }
    }

    private sealed class Log(MirroredClient owner) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name?.StartsWith("Mirror", StringComparison.Ordinal) == true && IsEnabled(logLevel)) owner.Events.Enqueue(eventId.Name);
        }

        public void Dispose()
        {
        }
    }
}
