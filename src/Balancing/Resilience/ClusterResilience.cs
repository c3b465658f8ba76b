using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Net2Secure.Routing.Balancing;

/// <summary>What the attempts of one cluster have in common: its settings, its pipelines, and who gives up waiting.</summary>
internal sealed class ClusterResilience : IClusterFeature, IStatusListener
{
    // Each retry is judged by the run itself; this is but the end of all counting.
    private const int MostRetries = 200;

    private readonly ResilienceMetrics _metrics;
    private readonly IEnumerable<ResilienceStrategies> _strategies;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<RetryRun> _retrying;
    private AttemptBudget? _budget;
    private CircuitBreaker? _circuits;
    private ResilienceSettings? _settings;

    public ClusterResilience(Cluster cluster, RandomSource random, ResilienceMetrics metrics, IEnumerable<ResilienceStrategies> strategies, ILogger logger)
    {
        Cluster = cluster;
        Random = random;
        Scopes = new AttemptScopePool(cluster.Time);
        Latencies = new LatencyStatistics(cluster.Time);
        _metrics = metrics;
        _strategies = strategies;
        _logger = logger;
        _retrying = BuildRetrying(cluster);
    }

    public Cluster Cluster { get; }

    public RandomSource Random { get; }

    public ResilienceMetrics Metrics => _metrics;

    public AttemptScopePool Scopes { get; }

    /// <summary>Times up to the head of an answer; kept while requests are hedged.</summary>
    public LatencyStatistics Latencies { get; }

    public AttemptBudget Budget => _budget!;

    public CircuitBreaker Circuits => _circuits!;

    public ResilienceSettings Settings => Volatile.Read(ref _settings)!;

    /// <summary>The strategies of the user's own, around all attempts of a request; <see langword="null"/> for none.</summary>
    public ResiliencePipeline<HttpResponseMessage>? Strategies { get; private set; }

    /// <summary>Says in the log that an attempt is made again.</summary>
    public void LogRetry(int attempt, Destination destination, string kind) => ResilienceLog.Retried(_logger, attempt, Cluster.Id, destination.Id, kind);

    /// <summary>Gives up what waits at a destination, as far as it can be made elsewhere.</summary>
    public void Abandon(Destination destination)
    {
        if (!IsAnyoneElseLeft(destination, part: null)) return;
        var given = destination.Waiting.Abandon(Budget, part => IsAnyoneElseLeft(destination, part));
        if (given > 0) _metrics.CountAbandoned(destination, given);
    }

    /// <inheritdoc/>
    public void OnStatusChanged(IReadOnlyList<StatusChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.After.Health == DestinationHealth.Unhealthy && change.Before.Health != DestinationHealth.Unhealthy) Abandon(change.Destination);
        }
    }

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        if (_budget is null)
        {
            _budget = Cluster.Feature<AttemptBudget>() ?? throw new InvalidOperationException("A cluster has no budget for its attempts.");
            _circuits = Cluster.Feature<CircuitBreaker>() ?? throw new InvalidOperationException("A cluster has no circuit breaker.");
            Strategies = BuildStrategies();
        }

        Volatile.Write(ref _settings, new ResilienceSettings(snapshot, _retrying, Cluster));
    }

    public void Dispose()
    {
        // What is under way finishes.
    }

    private bool IsAnyoneElseLeft(Destination destination, ChoiceSet? part) => Cluster.Snapshot.CouldPick(
        (destination, part, Circuits),
        static (state, candidate) => !ReferenceEquals(candidate, state.destination) && state.part?.Has(candidate) != false && state.Circuits.MayAdmit(candidate));

    private static ResiliencePipeline<RetryRun> BuildRetrying(Cluster cluster) => new ResiliencePipelineBuilder<RetryRun> { Name = cluster.Id, TimeProvider = cluster.Time }
        .AddRetry(new RetryStrategyOptions<RetryRun>
        {
            MaxRetryAttempts = MostRetries,
            Delay = TimeSpan.Zero,
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { } run && run.IsToGoOn()),
            DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(args.Outcome.Result!.Delay),
        })
        .Build();

    private ResiliencePipeline<HttpResponseMessage>? BuildStrategies()
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { Name = Cluster.Id, TimeProvider = Cluster.Time };
        var isAny = false;
        try
        {
            foreach (var strategies in _strategies)
            {
                strategies.Configure(builder, Cluster);
                isAny = true;
            }

            return isAny ? builder.Build() : null;
        }
        catch (Exception e) // the user's code, or what it asked of the builder
        {
            ResilienceLog.StrategiesFailed(_logger, Cluster.Id, e);
            return null;
        }
    }
}
