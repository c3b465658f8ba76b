using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>What mirroring measures.</summary>
internal sealed class MirrorMetrics
{
    /// <summary>Name of the instrument: copies, by outcome.</summary>
    public const string CopiesName = "net2.mirror.requests";

    /// <summary>Name of the instrument: requests that were to be copied and were not.</summary>
    public const string SkippedName = "net2.mirror.skipped";

    public const string Body = "body";
    public const string Concurrency = "concurrency";
    public const string Budget = "budget";

    private readonly Counter<long> _copies;
    private readonly Counter<long> _skipped;

    public MirrorMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(BalancingMetrics.MeterName);
        _copies = meter.CreateCounter<long>(CopiesName, "{request}", "Copies of requests that were sent to another cluster, and how they ended.");
        _skipped = meter.CreateCounter<long>(SkippedName, "{request}", "Requests that were to be copied to another cluster and were not, for its bounds.");
    }

    /// <summary>A copy has ended.</summary>
    /// <param name="from">The cluster that was asked.</param>
    /// <param name="to">The cluster that got the copy.</param>
    /// <param name="status">The status of its answer, if one came.</param>
    /// <param name="failure">Why none came, as a kind of <see cref="AttemptFailureKinds"/>.</param>
    public void Ended(string from, string to, int? status, string? failure)
    {
        if (!_copies.Enabled) return;
        _copies.Add(1, new("net2.cluster.id", from), new("net2.mirror.cluster.id", to), status is null ? new("error.type", failure) : new KeyValuePair<string, object?>("http.response.status_code", status));
    }

    /// <summary>A request was not copied.</summary>
    public void Skipped(string from, string to, string reason)
    {
        if (_skipped.Enabled) _skipped.Add(1, new("net2.cluster.id", from), new("net2.mirror.cluster.id", to), new KeyValuePair<string, object?>("net2.reason", reason));
    }
}
