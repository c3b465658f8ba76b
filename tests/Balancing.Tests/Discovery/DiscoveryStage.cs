using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Discovery;

/// <summary>A registry with discovery, on time that a test moves, which tells when it is waiting, when a configuration is in force, and what it logs.</summary>
internal sealed class DiscoveryStage : TimeProvider, IAsyncDisposable, IClusterFeatureFactory, ILoggerProvider
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _time = new();
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();
    private readonly Channel<ClusterSnapshot> _published = Channel.CreateUnbounded<ClusterSnapshot>();
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private readonly ServiceProvider _provider;

    public DiscoveryStage(Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(this);
        services.AddSingleton<RandomSource>(new NoChance());
        services.AddSingleton<IClusterFeatureFactory>(this);
        services.AddLogging(l => l.AddProvider(this));
        services.AddNet2Balancing();
        configure(services);
        _provider = services.BuildServiceProvider();
    }

    public ClusterRegistry Registry => _provider.GetRequiredService<ClusterRegistry>();

    public Cluster Cluster => Registry.Clusters.Single();

    /// <summary>Names, addresses and what else was found of the destinations.</summary>
    public string[] Destinations => [.. Cluster.Snapshot.Destinations.Select(d => $"{d.Id} {d.Address} {d.Options.Host} {d.Options.Priority}/{d.Options.Weight}")];

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _time.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until somebody waits for so long, and lets that time pass.</summary>
    public async Task PassAsync(TimeSpan wait)
    {
        await WaitingAsync(wait);
        Advance(wait);
    }

    public void Advance(TimeSpan by) => _time.Advance(by);

    /// <summary>Waits until somebody waits for so long.</summary>
    public async Task WaitingAsync(TimeSpan wait)
    {
        using var patience = new CancellationTokenSource(Bound);
        while (await _timers.Reader.ReadAsync(patience.Token) != wait)
        {
        }
    }

    /// <summary>The next snapshot that is put in force.</summary>
    public async Task<ClusterSnapshot> PublishedAsync()
    {
        using var patience = new CancellationTokenSource(Bound);
        return await _published.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Starts the registry and waits for its first snapshot.</summary>
    public async Task PublishedOnceAsync()
    {
        _ = Registry;
        await PublishedAsync();
    }

    public bool WasPublished => _published.Reader.TryPeek(out _);

    /// <summary>The next message that holds a text.</summary>
    public async Task<string> LoggedAsync(string text)
    {
        using var patience = new CancellationTokenSource(Bound);
        while (true)
        {
            var message = await _messages.Reader.ReadAsync(patience.Token);
            if (message.Contains(text, StringComparison.Ordinal)) return message;
        }
    }

    public int Logged(string text)
    {
        var count = 0;
        while (_messages.Reader.TryRead(out var message)) count += message.Contains(text, StringComparison.Ordinal) ? 1 : 0;
        return count;
    }

    public IClusterFeature Create(Cluster cluster) => new Telling(_published.Writer);

    public ILogger CreateLogger(string categoryName) => new Recording(_messages.Writer);

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    public void Dispose()
    {
    }

    private sealed class Telling(ChannelWriter<ClusterSnapshot> published) : IClusterFeature
    {
        public void Configure(ClusterSnapshot snapshot) => published.TryWrite(snapshot);

        public void Dispose()
        {
        }
    }

    private sealed class Recording(ChannelWriter<string> messages) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            messages.TryWrite($"{logLevel} {formatter(state, exception)}");
    }

    private sealed class NoChance : RandomSource
    {
        public override int Next(int exclusiveMax) => 0;

        public override double NextDouble() => 0;
    }
}
