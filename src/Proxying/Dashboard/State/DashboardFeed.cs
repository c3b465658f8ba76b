using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>One state a second for all who look on. Thread-safe.</summary>
/// <remarks>Traffic is counted from the first look on until nobody has looked for <see cref="IdleTime"/>: who never opens the dashboard pays nothing for it.</remarks>
internal sealed class DashboardFeed : IDisposable
{
    /// <summary>Time between two states.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>After so long without a look counting ends.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(5);

    /// <summary>So many may watch at once.</summary>
    public const int MaxWatchers = 32;

    private const int MostEventsAtOnce = 100;

    private readonly Lock _lock = new();
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly TrafficAudience _audience;
    private readonly ILogger _logger;
    private readonly Lazy<DashboardSampler> _sampler;
    private HealthEvents? _healthEvents;
    private CounterWatch? _counters;
    private ITimer? _timer;
    private DashboardFrame? _latest;
    private TaskCompletionSource<DashboardFrame> _next = NewPromise();
    private long _sequence;
    private long _sampledAt;
    private long _askedAt;
    private long _lastEvent;
    private int _watchers;
    private bool _disposed;

    public DashboardFeed(IServiceProvider services, TimeProvider time, TrafficAudience audience, ProxyEvents events, ILogger<DashboardFeed> logger)
    {
        _services = services;
        _time = time;
        _audience = audience;
        Events = events;
        _logger = logger;
        var started = time.GetUtcNow();
        _sampler = new(() => new DashboardSampler(services, time, started));
    }

    /// <summary>What has happened.</summary>
    public ProxyEvents Events { get; }

    /// <summary>Begins to follow what is told to nobody else. A second call does nothing.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (!_disposed) _healthEvents ??= new HealthEvents(_services.GetRequiredService<IHealthReader>(), Events, _logger);
        }
    }

    /// <summary>The state of now, at most a second old.</summary>
    public DashboardFrame Read()
    {
        lock (_lock)
        {
            Awake_NeedsLock();
            return _latest!;
        }
    }

    /// <summary>Makes a new state now, as something has been changed by hand.</summary>
    public void Refresh()
    {
        lock (_lock)
        {
            if (_timer is not null) Sample_NeedsLock();
        }
    }

    /// <summary>Takes a place among those who watch; <see langword="false"/>: all are taken. To be given back by <see cref="EndWatch"/>.</summary>
    public bool TryBeginWatch()
    {
        lock (_lock)
        {
            if (_disposed || _watchers >= MaxWatchers) return false;
            _watchers++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void EndWatch()
    {
        lock (_lock)
        {
            _watchers--;
            _askedAt = _time.GetTimestamp();
        }
    }

    /// <summary>The first state behind a number.</summary>
    public Task<DashboardFrame> NextAsync(long sequence, CancellationToken cancellationToken)
    {
        Task<DashboardFrame> next;
        lock (_lock)
        {
            Awake_NeedsLock();
            if (_latest!.State.Sequence > sequence) return Task.FromResult(_latest);
            next = _next.Task;
        }

        return next.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            _healthEvents?.Dispose();
            // The services go with it: there is nobody to be told to stop counting.
            _timer?.Dispose();
            _counters?.Dispose();
            _next.TrySetCanceled();
        }
    }

    private static TaskCompletionSource<DashboardFrame> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Awake_NeedsLock()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _askedAt = _time.GetTimestamp();
        if (_timer is null)
        {
            _audience.Switch(isOn: true, _services.GetRequiredService<IClusterRegistry>().Clusters);
            _counters = new CounterWatch(_services.GetRequiredService<IMeterFactory>());
            _sampler.Value.Begin();
            _timer = _time.CreateTimer(static state => ((DashboardFeed)state!).Tick(), this, Period, Period);
            Sample_NeedsLock();
        }
        // The timer may be late, and must not be the only one to look.
        else if (_latest is null || _time.GetElapsedTime(_sampledAt) > Period + Period) Sample_NeedsLock();
    }

    private void Sleep_NeedsLock()
    {
        if (_timer is null) return;
        _timer.Dispose();
        _timer = null;
        _counters!.Dispose();
        _counters = null;
        _audience.Switch(isOn: false, _services.GetRequiredService<IClusterRegistry>().Clusters);
        _services.GetRequiredService<RequestTraffic>().Forget();
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (_disposed || _timer is null) return;
            try
            {
                if (_watchers == 0 && _time.GetElapsedTime(_askedAt) > IdleTime) Sleep_NeedsLock();
                else Sample_NeedsLock();
            }
            catch (Exception e)
            {
                // The next second is another chance.
                DashboardLog.Failed(_logger, e);
            }
        }
    }

    private void Sample_NeedsLock()
    {
        var events = Events.After(_lastEvent, MostEventsAtOnce);
        var state = _sampler.Value.Sample(++_sequence, _counters!);
        var change = _latest is null || _watchers == 0 ? null : DashboardChange.Between(_latest.State, state, events);
        if (events.Count > 0) _lastEvent = events[^1].Sequence;
        _latest = new DashboardFrame(state, change is null ? null : JsonSerializer.SerializeToUtf8Bytes(change, DashboardJson.Default.DashboardChange));
        _sampledAt = _time.GetTimestamp();
        var told = _next;
        _next = NewPromise();
        told.TrySetResult(_latest);
    }
}
