using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>What resilience measures. Nothing is paid while nobody listens.</summary>
internal sealed class ResilienceMetrics
{
    /// <summary>Name of the instrument: attempts per request.</summary>
    public const string AttemptsName = "net2.request.attempts";

    /// <summary>Name of the instrument: extra attempts that the budget refused.</summary>
    public const string RefusedName = "net2.budget.refused";

    /// <summary>Name of the instrument: attempts given up because their destination was.</summary>
    public const string AbandonedName = "net2.attempts.abandoned";

    /// <summary>Name of the instrument: changes of circuit breakers.</summary>
    public const string CircuitChangesName = "net2.circuit.changes";

    private readonly Histogram<int> _attempts;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _abandoned;
    private readonly Counter<long> _circuitChanges;

    public ResilienceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(BalancingMetrics.MeterName);
        _attempts = meter.CreateHistogram<int>(AttemptsName, "{attempt}", "Attempts that a request took, hedges included.", advice: new() { HistogramBucketBoundaries = [1, 2, 3, 4, 6, 10] });
        _refused = meter.CreateCounter<long>(RefusedName, "{attempt}", "Extra attempts that the budget of a cluster refused.");
        _abandoned = meter.CreateCounter<long>(AbandonedName, "{attempt}", "Attempts that were given up because their destination was, to be repeated elsewhere.");
        _circuitChanges = meter.CreateCounter<long>(CircuitChangesName, "{change}", "Circuit breakers of destinations that opened or closed.");
    }

    /// <summary>A request has ended after so many attempts.</summary>
    public void RecordAttempts(string clusterId, int attempts)
    {
        if (_attempts.Enabled) _attempts.Record(attempts, new KeyValuePair<string, object?>("net2.cluster.id", clusterId));
    }

    /// <summary>The budget has said no.</summary>
    public void CountRefused(string clusterId, ExtraAttempt kind)
    {
        if (_refused.Enabled) _refused.Add(1, new("net2.cluster.id", clusterId), new KeyValuePair<string, object?>("net2.attempt.kind", NameOf(kind)));
    }

    /// <summary>An attempt was given up.</summary>
    public void CountAbandoned(Destination destination, int attempts)
    {
        if (_abandoned.Enabled) _abandoned.Add(attempts, new("net2.cluster.id", destination.ClusterId), new KeyValuePair<string, object?>("net2.destination.id", destination.Id));
    }

    /// <summary>A circuit breaker has opened or closed.</summary>
    public void CountCircuitChange(Destination destination, bool isOpen)
    {
        if (!_circuitChanges.Enabled) return;
        _circuitChanges.Add(
            1,
            new("net2.cluster.id", destination.ClusterId),
            new("net2.destination.id", destination.Id),
            new KeyValuePair<string, object?>("net2.circuit.state", isOpen ? "open" : "closed"));
    }

    private static string NameOf(ExtraAttempt kind) => kind switch
    {
        ExtraAttempt.Retry => "retry",
        ExtraAttempt.Hedge => "hedge",
        _ => "mirror",
    };
}
