using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Monitoring;

/// <summary>A cluster with a monitor, a probe that answers what a test says, and time and chance in the hands of the test. Nothing runs but what the test lets run.</summary>
internal sealed class MonitorRig : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly ClusterRegistry _registry;
    private readonly object _owner = new();

    public MonitorRig(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<RandomSource>(Chance);
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<MonitoringServices>(s).With(inline: true));
        services.AddSingleton<IClusterFeatureFactory>(Listener);
        services.AddNet2Health().AddHealthProbe("Scripted", _ => Probe = new ScriptedProbe(this));
        services.AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Debug));
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        _registry = _services.GetRequiredService<ClusterRegistry>();
    }

    public ManualTimeProvider Time { get; } = new();

    public ScriptedChance Chance { get; } = new();

    public StatusRecorder Listener { get; } = new();

    public LogRecorder Log { get; } = new();

    public ScriptedProbe? Probe { get; private set; }

    /// <summary>What probes find, by the name of the destination. Default: passed.</summary>
    public Dictionary<string, Func<CancellationToken, ValueTask<ProbeResult>>> Answers { get; } = [];

    /// <summary>The probes that have begun: name of the destination, milliseconds since the start.</summary>
    public List<(string Destination, int At)> Asked { get; } = [];

    public DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Cluster Cluster => _registry.Clusters.Single();

    public HealthMonitor Monitor => Cluster.Feature<HealthMonitor>()!;

    public IServiceProvider Services => _services;

    public Destination this[string name] => Cluster.Snapshot.Destinations.Single(d => d.Id == name);

    /// <summary>The names of the destinations that take traffic.</summary>
    public string Candidates => string.Concat(Cluster.Snapshot.Candidates.Select(d => d.Id));

    public void Apply(string destinations, Action<ActiveHealthCheckOptions>? configure = null, Action<ClusterOptions>? cluster = null)
    {
        var options = new ClusterOptions { ClusterId = "shop" };
        foreach (var name in destinations) options.Destinations[name.ToString()] = new() { Address = $"http://10.0.0.{name - 'a' + 1}:8080/" };
        var active = new ActiveHealthCheckOptions { Enabled = true, Probe = "Scripted", Interval = TimeSpan.FromSeconds(1) };
        configure?.Invoke(active);
        options.HealthCheck = new() { Active = active, Passive = new() { Enabled = false } };
        cluster?.Invoke(options);
        _registry.Apply(_owner, [options]);
    }

    public void ApplyNone() => _registry.Apply(_owner, []);

    public void Advance(double milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    public void Answer(string destination, ProbeResult result) => Answers[destination] = _ => ValueTask.FromResult(result);

    public void Fail(string destination) => Answer(destination, ProbeResult.Failed("connection_refused"));

    public void Pass(string destination) => Answers.Remove(destination);

    /// <summary>Milliseconds since the start at which probes of a destination began.</summary>
    public int[] TimesOf(string destination) => [.. Asked.Where(a => a.Destination == destination).Select(a => a.At)];

    public void Dispose() => _services.Dispose();

    internal sealed class ScriptedProbe(MonitorRig rig) : IHealthProbe, IDisposable
    {
        public bool Disposed { get; private set; }

        public ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
        {
            lock (rig.Asked) rig.Asked.Add((context.Destination!.Id, (int)Math.Round((rig.Time.GetUtcNow() - rig.Start).TotalMilliseconds)));
            return rig.Answers.TryGetValue(context.Destination.Id, out var answer) ? answer(cancellationToken) : ValueTask.FromResult(ProbeResult.Passed);
        }

        public void Dispose() => Disposed = true;
    }

    /// <summary>Chance that is always the same number.</summary>
    internal sealed class ScriptedChance : RandomSource
    {
        public double Value { get; set; }

        public override int Next(int exclusiveMax) => (int)(Value * exclusiveMax);

        public override double NextDouble() => Value;
    }

    /// <summary>Writes down the changes of statuses.</summary>
    internal sealed class StatusRecorder : IClusterFeatureFactory, IClusterFeature, IStatusListener
    {
        public List<StatusChange> Changes { get; } = [];

        public List<int> Batches { get; } = [];

        public bool Throws { get; set; }

        public Action? OnChanged { get; set; }

        public IClusterFeature Create(Cluster cluster) => this;

        public void Configure(ClusterSnapshot snapshot)
        {
        }

        public void OnStatusChanged(IReadOnlyList<StatusChange> changes)
        {
            Changes.AddRange(changes);
            Batches.Add(changes.Count);
            OnChanged?.Invoke();
            if (Throws) throw new InvalidOperationException("a listener's fault");
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Writes down what is logged.</summary>
    internal sealed class LogRecorder : ILoggerProvider, ILogger
    {
        public List<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Messages) Messages.Add($"{logLevel} {eventId.Name} {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }
}
