using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps the circuits of a cluster: who cannot be reached is not asked, so that no request waits for a dead server or is lost on it.</summary>
/// <remarks>
/// <para>After a few connections in a row that failed, a circuit opens; single requests on trial find out whether the destination is back, and the first answer closes it. The wait between
/// trials grows to a bound, which is short while nobody else can be used: then the cluster is back with the first of its servers.</para>
/// <para>It works on attempts, while health works on weights: a destination that health has readmitted begins with a closed circuit, and one without weight is not tried.</para>
/// </remarks>
internal sealed class CircuitBreaker(Cluster cluster, RandomSource random, ResilienceMetrics metrics, ICircuitListener[] listeners, ILogger<CircuitBreaker> logger)
    : IClusterFeature, IAttemptGate, IAttemptObserver, IStatusListener
{
    /// <summary>The longest wait between two trials of a destination while no destination of the cluster can be used.</summary>
    public static readonly TimeSpan LongestWaitWhenDown = TimeSpan.FromSeconds(1);

    // A request that changes something is a trial only if none comes that does not.
    private static readonly TimeSpan PatienceForSafeMethods = TimeSpan.FromMilliseconds(500);

    private volatile CircuitBreakerOptions _options = new();

    /// <inheritdoc/>
    public bool IsListening => _options.Enabled;

    /// <inheritdoc/>
    public bool Admits(Destination destination, HttpRequestMessage request)
    {
        if (!destination.Circuit.IsOpen || !_options.Enabled) return true;
        var isDown = IsDown(cluster.Snapshot);
        var patience = isDown || Repeatability.IsSafe(request.Method) ? TimeSpan.Zero : PatienceForSafeMethods;
        return destination.Circuit.TryBeginTrial(cluster.Time.GetTimestamp(), LongestWait(isDown), patience, cluster.Time);
    }

    /// <summary>Whether an attempt might be admitted: a look that takes no trial.</summary>
    public bool MayAdmit(Destination destination) =>
        !destination.Circuit.IsOpen || !_options.Enabled
        || destination.Circuit.IsTrialDue(cluster.Time.GetTimestamp(), LongestWait(IsDown(cluster.Snapshot)), cluster.Time);

    /// <summary>Whether the circuits of all that could be picked are open.</summary>
    public bool IsDown(ClusterSnapshot snapshot)
    {
        if (!_options.Enabled) return false;
        foreach (var candidate in snapshot.Candidates.Destinations)
        {
            if (!candidate.Circuit.IsOpen) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void OnStarted(Destination destination, HttpRequestMessage request) => destination.Circuit.OnStarted();

    /// <inheritdoc/>
    public void OnEnded(in AttemptOutcome outcome)
    {
        var options = _options;
        if (!options.Enabled) return;
        var circuit = outcome.Destination.Circuit;
        if (outcome.Failure is null && circuit.IsUntroubled && options.FailurePercent is null) return;
        Judge(outcome, circuit, options);
    }

    /// <inheritdoc/>
    public void OnStatusChanged(IReadOnlyList<StatusChange> changes)
    {
        foreach (var change in changes)
        {
            // Whoever readmits it knows better; the trials begin from nothing.
            if (change.Before.Health == DestinationHealth.Unhealthy && change.After.Health != DestinationHealth.Unhealthy) Closed(change.Destination, change.Destination.Circuit.Close());
        }
    }

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        _options = snapshot.Options.Resilience?.CircuitBreaker ?? new CircuitBreakerOptions();
        if (_options.Enabled) return;
        foreach (var destination in snapshot.Destinations) Closed(destination, destination.Circuit.Close());
    }

    public void Dispose()
    {
        // Nothing of it is alive.
    }

    private static bool IsOfConnection(in AttemptFailure failure) => failure.Kind is
        AttemptFailureKinds.DnsError or AttemptFailureKinds.DestinationIpUnroutable or AttemptFailureKinds.ConnectionRefused or AttemptFailureKinds.ConnectionTerminated
        or AttemptFailureKinds.ConnectionTimeout or AttemptFailureKinds.TlsProtocolError or AttemptFailureKinds.TlsCertificateError or AttemptFailureKinds.HttpResponseIncomplete;

    private void Judge(in AttemptOutcome outcome, Circuit circuit, CircuitBreakerOptions options)
    {
        var now = cluster.Time.GetTimestamp();
        var began = now - (long)(outcome.Elapsed.TotalSeconds * cluster.Time.TimestampFrequency);
        // An answer that is cut says nothing of connecting, and its attempt may have been told of already.
        if (!outcome.CountsForDestination || outcome.Failure is { Sent: SentState.AnswerBegun })
        {
            circuit.OnUndecided(began);
            return;
        }

        if (outcome.Failure is not { } failure) Closed(outcome.Destination, circuit.OnAnswered(began));
        else if (IsOfConnection(failure)) Opened(outcome.Destination, circuit.OnFailed(began, now, options, Jitter(), cluster.Time));
        else circuit.OnUndecided(began);
        if (options.FailurePercent is not null) Opened(outcome.Destination, circuit.CountShare(outcome.Failure is not null, now, options, Jitter(), cluster.Time));
    }

    // Destinations that failed together are not to be tried together.
    private double Jitter() => 0.75 + (random.NextDouble() / 4);

    private static TimeSpan LongestWait(bool isDown) => isDown ? LongestWaitWhenDown : TimeSpan.MaxValue;

    private void Opened(Destination destination, bool hasOpened)
    {
        if (!hasOpened) return;
        CircuitLog.Opened(logger, cluster.Id, destination.Id);
        metrics.CountCircuitChange(destination, isOpen: true);
        Tell(destination, isOpen: true);
        cluster.Feature<ClusterResilience>()?.Abandon(destination);
    }

    private void Closed(Destination destination, bool hasClosed)
    {
        if (!hasClosed) return;
        CircuitLog.Closed(logger, cluster.Id, destination.Id);
        metrics.CountCircuitChange(destination, isOpen: false);
        Tell(destination, isOpen: false);
    }

    private void Tell(Destination destination, bool isOpen)
    {
        foreach (var listener in listeners) listener.OnCircuitChanged(destination, isOpen);
    }
}
