using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>How long attempts take. Nothing is paid while nobody listens.</summary>
internal sealed class AttemptMetrics(IMeterFactory meters)
{
    /// <summary>Name of the instrument: time from the pick to the head of the answer, or to the failure.</summary>
    public const string DurationName = "net2.attempt.duration";

    private readonly Histogram<double> _duration = meters.Create(BalancingMetrics.MeterName).CreateHistogram(
        DurationName, "s", "Time of attempts, from the choice of a destination to the head of its answer or to the failure.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = HttpAttributes.DurationBoundaries });

    /// <summary>Whether anybody wants to know.</summary>
    public bool IsEnabled => _duration.Enabled;

    /// <summary>An attempt has ended.</summary>
    public void Record(TimeSpan elapsed, HttpRequestMessage request, Destination destination, int status, string? errorType)
    {
        if (!_duration.Enabled) return;
        var tags = new TagList
        {
            { HttpAttributes.ClusterId, destination.ClusterId },
            { HttpAttributes.DestinationId, destination.Id },
            { HttpAttributes.Method, HttpAttributes.MethodOf(request.Method.Method) },
        };
        if (status != 0) tags.Add(HttpAttributes.Status, HttpAttributes.StatusOf(status));
        if (errorType is not null) tags.Add(HttpAttributes.ErrorType, errorType);
        _duration.Record(elapsed.TotalSeconds, tags);
    }
}
