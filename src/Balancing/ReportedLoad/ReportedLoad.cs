using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Hears the load that the destinations of a cluster report with their answers, and weighs them by it, at most once per period.</summary>
/// <remarks>An answer without a report costs a lookup and allocates nothing. A timer runs only while there are reports. Weights change only where that makes a difference: each change is a new snapshot.</remarks>
internal sealed class ReportedLoad : IClusterFeature, IAttemptObserver
{
    /// <summary>A change of less than that is not worth a new snapshot.</summary>
    private const double LeastChange = 0.05;

    private readonly Cluster _cluster;
    private readonly LoadReportMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private FrozenDictionary<Destination, ReportedDestination>? _reports;
    private ReportedLoadOptions _options = new();
    private ITimer? _timer;
    private int _isRunning;
    private bool _disposed;

    public ReportedLoad(Cluster cluster, LoadReportMetrics metrics, ILogger logger)
    {
        _cluster = cluster;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Whether it wants to hear of attempts.</summary>
    public bool IsListening => Volatile.Read(ref _reports) is not null;

    /// <inheritdoc/>
    public bool ReadsTrailers => true;

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            if (_disposed) return;
            var before = _reports;
            if (snapshot.Options.ReportedLoad is { Enabled: true } options)
            {
                var isSamePeriod = _options.UpdatePeriod == options.UpdatePeriod;
                _options = options;
                Volatile.Write(ref _reports, snapshot.Destinations.ToFrozenDictionary(d => d, d => before?.GetValueOrDefault(d) ?? new ReportedDestination(d)));
                if (_timer is not null && !isSamePeriod) _timer.Change(options.UpdatePeriod, options.UpdatePeriod);
                return;
            }

            Volatile.Write(ref _reports, null);
            Stop_NeedsLock();
            if (before is null) return;
        }

        // Switched off: what was set because of reports is taken back.
        _cluster.Update(snapshot.Destinations, static (_, status) => status with { LoadFactor = 1 }, static _ => "reported load is not heard any more");
    }

    /// <inheritdoc/>
    public void OnStarted(Destination destination, HttpRequestMessage request)
    {
    }

    /// <inheritdoc/>
    public void OnEnded(in AttemptOutcome outcome)
    {
        if (outcome is { Response: { } response, Failure: null }) Read(outcome.Destination, response.Headers.NonValidated);
    }

    /// <inheritdoc/>
    /// <remarks>Where servers of gRPC put it, which know their load when a call is over.</remarks>
    public void OnTrailers(Destination destination, HttpResponseHeaders trailers) => Read(destination, trailers.NonValidated);

    private void Read(Destination destination, HttpHeadersNonValidated fields)
    {
        if (Volatile.Read(ref _reports) is not { } reports) return;
        var isBinary = false;
        if (!fields.TryGetValues(LoadReportParser.FieldName, out var values))
        {
            if (!fields.TryGetValues(LoadReportParser.BinaryFieldName, out values)) return;
            isBinary = true;
        }

        if (!reports.TryGetValue(destination, out var reported)) return;
        if (!reported.TryAdd(values.ToString(), isBinary)) _metrics.CountMalformed(destination);
        else if (Volatile.Read(ref _isRunning) == 0) Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Volatile.Write(ref _reports, null);
            Stop_NeedsLock();
        }
    }

    private void Run()
    {
        lock (_lock)
        {
            if (_disposed || _reports is null || _timer is not null) return;
            Volatile.Write(ref _isRunning, 1);
            using (ExecutionContext.SuppressFlow()) _timer = _cluster.Time.CreateTimer(static state => ((ReportedLoad)state!).Look(), this, _options.UpdatePeriod, _options.UpdatePeriod);
        }
    }

    private void Stop_NeedsLock()
    {
        _timer?.Dispose();
        _timer = null;
        Volatile.Write(ref _isRunning, 0);
    }

    private void Look()
    {
        try
        {
            Weigh();
        }
        catch (Exception e) // others listen to what changes; the timer's thread is not theirs to break
        {
            LoadReportLog.NotWeighed(_logger, _cluster.Id, e);
        }
    }

    private void Weigh()
    {
        var changed = new Dictionary<Destination, double>();
        lock (_lock)
        {
            if (_disposed || _reports is null) return;
            var fresh = new List<ReportedDestination>(_reports.Count);
            foreach (var reported in _reports.Values)
            {
                if (reported.Look(_cluster.Time, _options)) fresh.Add(reported);
            }

            // One alone has nobody to be compared with.
            if (fresh.Count > 1) LoadFactors.Work(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fresh), _options);
            else if (fresh.Count == 1) fresh[0].Factor = 1;
            foreach (var reported in _reports.Values)
            {
                var present = reported.Destination.Status.LoadFactor;
                if (Math.Abs(reported.Factor - present) > present * LeastChange || (reported.Factor == 1 && present != 1)) changed[reported.Destination] = reported.Factor;
            }

            if (fresh.Count == 0) Stop_NeedsLock();
        }

        if (changed.Count > 0) _cluster.Update(changed.Keys, (destination, status) => status with { LoadFactor = changed[destination] }, static _ => "reported load");
    }

    /// <summary>Makes the feature for each cluster.</summary>
    internal sealed class Factory(IMeterFactory meters, ILogger<ReportedLoad> logger) : IClusterFeatureFactory
    {
        private readonly LoadReportMetrics _metrics = new(meters);

        /// <inheritdoc/>
        public IClusterFeature Create(Cluster cluster) => new ReportedLoad(cluster, _metrics, logger);
    }
}
