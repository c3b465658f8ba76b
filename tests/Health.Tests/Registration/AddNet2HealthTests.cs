using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Registration;

/// <summary>Health checks of the clusters of an <see cref="HttpClient"/>: no proxy, no web server, no host.</summary>
public sealed class AddNet2HealthTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task FirstRequests_OneOfThreeIsDead_GoToTheOthers()
    {
        await using var first = ScriptedOrigin.Answering(Answer);
        await using var second = ScriptedOrigin.Answering(Answer);
        await using var services = Services(options => options.Active = Fast(), first.Uri, await DeadAsync(), second.Uri);
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        client.Timeout = Patience;
        for (var i = 0; i < 20; i++) (await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task ServerDies_TakesNoMoreRequests()
    {
        await using var lasting = ScriptedOrigin.Answering(Answer);
        var dying = ScriptedOrigin.Answering(Answer);
        await using var services = Services(options => options.Active = Fast(), lasting.Uri, dying.Uri);
        var cluster = services.GetRequiredService<IClusterRegistry>().Clusters.Single();
        await EventuallyAsync(() => cluster.Snapshot.Destinations.All(d => d.Status.Active == DestinationHealth.Healthy));
        await dying.DisposeAsync();
        await EventuallyAsync(() => cluster.Snapshot.Candidates.Count == 1);
        await EventuallyAsync(() => cluster.Feature<HealthMonitor>()!.Find(cluster.Snapshot.Destinations[1])!.Last!.Result.Reason == AttemptFailureKinds.ConnectionRefused);
    }

    [Fact]
    public async Task LoadFromConfig_HealthCheck_TakesEffectAndWhatIsWrongIsRefused()
    {
        await using var origin = ScriptedOrigin.Answering(Answer);
        await using (var services = Configured(("shop:Destinations:a:Address", origin.Uri.ToString()), ("shop:HealthCheck:Active:Enabled", "true"), ("shop:HealthCheck:Active:Probe", "Tcp")))
        {
            var cluster = services.GetRequiredService<IClusterRegistry>().Clusters.Single();
            await EventuallyAsync(() => cluster.Snapshot.Destinations[0].Status.Active == DestinationHealth.Healthy);
        }

        await using var wrong = Configured(("shop:HealthCheck:Active:Probe", "Tpc"), ("shop:HealthCheck:Active:Pth", "/"));
        var error = Assert.Throws<OptionsValidationException>(() => wrong.GetRequiredService<IClusterRegistry>());
        Assert.Contains("Clusters:shop:HealthCheck:Active:Probe: 'Tpc' is not a probe", error.Message, StringComparison.Ordinal);
        Assert.Contains("Clusters:shop:HealthCheck:Active:Pth: is unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddHealthProbe_Mine_IsAskedAndServedFromTheServices()
    {
        var services = new ServiceCollection();
        services.AddSingleton<Journal>();
        services.AddNet2Balancing().AddNet2Health().AddHealthProbe<JournalProbe>("Journal").AddCluster("shop", c =>
        {
            c.Destinations["a"] = new() { Address = "http://10.0.0.1:81/base/", Health = "http://10.0.0.2:82/" };
            c.HealthCheck = new() { Active = new() { Enabled = true, Probe = "journal", Path = "/x", Port = 83 } };
        });
        await using var provider = services.BuildServiceProvider();
        var cluster = provider.GetRequiredService<IClusterRegistry>().Clusters.Single();
        await EventuallyAsync(() => cluster.Snapshot.Destinations[0].Status.Active == DestinationHealth.Healthy);
        Assert.Equal("http://10.0.0.2:83/x", provider.GetRequiredService<Journal>().Target);
    }

    [Fact]
    public void AddNet2Health_Twice_MonitorsOnce()
    {
        var services = new ServiceCollection();
        services.AddNet2Health();
        services.AddNet2Health().AddCluster("shop", c => c.Destinations["a"] = new() { Address = "http://10.0.0.1/" });
        using var provider = services.BuildServiceProvider();
        Assert.Single(provider.GetRequiredService<IClusterRegistry>().Clusters.Single().Features.OfType<HealthMonitor>());
    }

    [Fact]
    public async Task Metrics_ProbesAndStates_AreMeasured()
    {
        await using var origin = ScriptedOrigin.Answering(Answer);
        await using var services = Services(options => options.Active = Fast(), origin.Uri, await DeadAsync());
        var factory = services.GetRequiredService<IMeterFactory>();
        var (durations, states) = (new HashSet<string>(), new Dictionary<string, int>());
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Meter.Name == ProbeMetrics.MeterName) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            lock (durations) durations.Add($"{instrument.Name} {instrument.Unit} {Tags(tags)}");
        });
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => states[$"{instrument.Name} {instrument.Unit} {Tags(tags)}"] = value);
        listener.Start();
        var cluster = services.GetRequiredService<IClusterRegistry>().Clusters.Single();
        await EventuallyAsync(() => cluster.Snapshot.Destinations.All(d => d.Status.Active != DestinationHealth.Unknown));
        listener.RecordObservableInstruments();
        const string State = "net2.health.destinations {destination} net2.cluster.id=shop,net2.health.state=";
        Assert.Equal((1, 1, 0, 0), (states[State + "healthy"], states[State + "unhealthy"], states[State + "unknown"], states[State + "draining"]));
        lock (durations)
        {
            Assert.Contains("net2.health.probe.duration s net2.cluster.id=shop,net2.health.probe.outcome=passed", durations);
            Assert.Contains("net2.health.probe.duration s net2.cluster.id=shop,net2.health.probe.outcome=failed", durations);
        }
    }

    [Fact]
    public async Task Dispose_WhileProbesHang_ReturnsAtOnceAndEndsThem()
    {
        var ended = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.WaitForEndAsync();
            ended.TrySetResult();
        });
        var services = Services(options => options.Active = new() { Enabled = true }, origin.Uri);
        var cluster = services.GetRequiredService<IClusterRegistry>().Clusters.Single();
        await EventuallyAsync(() => origin.Connections > 0);
        await services.DisposeAsync().AsTask().WaitAsync(Patience);
        await ended.Task.WaitAsync(Patience);
        Assert.Null(cluster.Starting);
    }

    private static ActiveHealthCheckOptions Fast() => new() { Enabled = true, Interval = TimeSpan.FromSeconds(1), FastInterval = TimeSpan.FromMilliseconds(20) };

    private static ServiceProvider Services(Action<HealthCheckOptions> configure, params Uri[] destinations)
    {
        var services = new ServiceCollection();
        services.AddNet2Health().AddCluster("shop", c =>
        {
            for (var i = 0; i < destinations.Length; i++) c.Destinations[$"d{i}"] = new() { Address = destinations[i].ToString() };
            var health = new HealthCheckOptions();
            configure(health);
            c.HealthCheck = health;
        });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        return services.BuildServiceProvider();
    }

    private static ServiceProvider Configured(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Clusters:" + s.Key, (string?)s.Value))).Build();
        var services = new ServiceCollection();
        services.AddNet2Health().LoadFromConfig(configuration.GetSection("Clusters"));
        return services.BuildServiceProvider();
    }

    /// <summary>An address where nobody listens any more.</summary>
    private static async Task<Uri> DeadAsync()
    {
        await using var origin = ScriptedOrigin.Answering(Answer);
        return origin.Uri;
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(5, patience.Token);
    }

    private static string Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));

    private sealed class Journal
    {
        public string? Target { get; set; }
    }

    private sealed class JournalProbe(Journal journal) : IHealthProbe
    {
        public ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
        {
            journal.Target = context.Target.ToString();
            return ValueTask.FromResult(ProbeResult.Passed);
        }
    }
}
