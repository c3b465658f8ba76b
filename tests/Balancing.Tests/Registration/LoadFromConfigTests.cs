using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Balancing.Tests.Registration;

public sealed class LoadFromConfigTests : IDisposable
{
    private readonly SettingsSource _settings = new();
    private readonly IConfigurationRoot _configuration;
    private readonly RecordingLogger _log = new();
    private ServiceProvider? _services;

    public LoadFromConfigTests() => _configuration = new ConfigurationBuilder().Add(_settings).Build();

    public void Dispose() => _services?.Dispose();

    [Fact]
    public void LoadFromConfig_Section_DescribesItsClusters()
    {
        Set(("shop:LoadBalancingPolicy", "RoundRobin"), ("shop:Destinations:a:Address", "http://10.0.0.1/"), ("shop:Destinations:a:Weight", "4"));
        var snapshot = Start().Clusters.Single().Snapshot;
        Assert.IsType<RoundRobinPolicy>(snapshot.Policy);
        Assert.Equal(4, snapshot.Candidates.Weights[0]);
        Assert.Contains("ClustersRead", _log.Events);
    }

    [Fact]
    public void LoadFromConfig_NotValidAtFirst_FailsWithEveryErrorAndItsPath()
    {
        Set(("shop:LoadBalancingPolicy", "Rnd"), ("shop:Destinations:a:Address", "x"), ("shop:Destinations:a:Wieght", "4"), ("shop:Unheard", "1"));
        var error = Assert.Throws<OptionsValidationException>(Start);
        Assert.Equal(
            ["Clusters:shop:Destinations:a:Address", "Clusters:shop:Destinations:a:Wieght", "Clusters:shop:LoadBalancingPolicy", "Clusters:shop:Unheard"],
            error.Failures.Select(f => f.Split(": ")[0]).Order());
    }

    [Fact]
    public void LoadFromConfig_Changed_TakesEffectAndKeepsWhatStays()
    {
        Set(("shop:Destinations:a:Address", "http://10.0.0.1/"));
        var registry = Start();
        var live = registry.Clusters.Single().Snapshot.Destinations[0];
        Set(("shop:Destinations:b:Address", "http://10.0.0.2/"), ("cart:Destinations:c:Address", "http://10.0.0.3/"));
        _configuration.Reload();
        Assert.Equal(["cart", "shop"], registry.Clusters.Select(c => c.Id).Order());
        Assert.True(registry.TryGet("shop", out var shop));
        Assert.Equal(["a", "b"], shop.Snapshot.Destinations.Select(d => d.Id));
        Assert.Same(live, shop.Snapshot.Destinations[0]);
    }

    [Fact]
    public void LoadFromConfig_ChangedToSomethingInvalid_KeepsTheLastGoodStateAndHearsTheNextChange()
    {
        Set(("shop:Destinations:a:Address", "http://10.0.0.1/"));
        var registry = Start();
        var before = registry.Clusters.Single().Snapshot;

        Set(("shop:Destinations:a:Weight", "-1"), ("shop:Destinations:b:Address", "nowhere"));
        _configuration.Reload();
        Assert.Same(before, registry.Clusters.Single().Snapshot);
        var refused = Assert.Single(_log.Messages, m => m.StartsWith("ClustersRefused", StringComparison.Ordinal));
        Assert.Contains("Clusters:shop:Destinations:a:Weight", refused, StringComparison.Ordinal);
        Assert.Contains("Clusters:shop:Destinations:b:Address", refused, StringComparison.Ordinal);

        Set(("shop:Destinations:a:Weight", "2"), ("shop:Destinations:b:Address", "http://10.0.0.2/"));
        _configuration.Reload();
        Assert.Equal([2, 1], registry.Clusters.Single().Snapshot.Candidates.Weights.ToArray());
    }

    [Fact]
    public void LoadFromConfig_SectionGone_KeepsTheLastGoodState()
    {
        Set(("shop:Destinations:a:Address", "http://10.0.0.1/"));
        var registry = Start();
        _settings.Clear();
        _configuration.Reload();
        Assert.Single(registry.Clusters);
        Assert.Contains("ClustersGone", _log.Events);
    }

    [Fact]
    public void LoadFromConfig_ReloadWithoutChange_DoesNothing()
    {
        Set(("shop:Destinations:a:Address", "http://10.0.0.1/"));
        var registry = Start();
        var before = registry.Clusters.Single().Snapshot;
        _configuration.Reload();
        Assert.Same(before, registry.Clusters.Single().Snapshot);
        Assert.Single(_log.Events);
    }

    [Fact]
    public void LoadFromConfig_SettingWithoutEffect_SaysSo()
    {
        Set(("shop:Destinations:a:Address", "http://10.0.0.1/"), ("shop:HealthCheck:Active:Enabled", "true"), ("shop:Limits:MaxQueue", "5"));
        Start();
        Assert.Single(_log.Messages, m => m.StartsWith("ClusterSettingWithoutEffect Clusters:shop:HealthCheck ", StringComparison.Ordinal));
        Assert.Single(_log.Messages, m => m.StartsWith("ClusterSettingWithoutEffect Clusters:shop:Limits:MaxQueue ", StringComparison.Ordinal));
    }

    [Fact]
    public void LoadFromConfig_Disposed_ListensNoMore()
    {
        Set(("shop:Destinations:a:Address", "http://10.0.0.1/"));
        var registry = Start();
        _services!.Dispose();
        Set(("cart:Destinations:a:Address", "http://10.0.0.1/"));
        _configuration.Reload();
        Assert.Single(registry.Clusters);
    }

    private void Set(params (string Key, string Value)[] settings)
    {
        foreach (var (key, value) in settings) _settings.Set($"Clusters:{key}", value);
    }

    private IClusterRegistry Start()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerProvider>(_log);
        services.AddNet2Balancing().LoadFromConfig(_configuration.GetSection("Clusters"));
        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<IClusterRegistry>();
    }

    /// <summary>A file of settings, as it were, that can also become unreadable.</summary>
    private sealed class SettingsSource : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Clear() => Data.Clear();
    }

    private sealed class RecordingLogger : ILoggerProvider, ILogger
    {
        public List<string> Messages { get; } = [];

        public IEnumerable<string> Events => Messages.Select(m => m.Split(' ')[0]);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add($"{eventId.Name} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
