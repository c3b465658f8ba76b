using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>A request that is kept, as it was written down. Holds nothing of the server and nothing of the configuration; what is told of it is made when somebody asks.</summary>
internal sealed class ExplainedRequest
{
    private readonly RequestExplanation _summary;
    private readonly AttemptJournal _journal;
    private readonly TimeProvider _clock;
    private readonly long _started;

    public ExplainedRequest(long id, HttpContext context, RequestRecord record, DateTimeOffset time, TimeSpan elapsed, TimeProvider clock)
    {
        var request = context.Request;
        var cluster = record.Route?.Cluster;
        _journal = record.Journal!;
        _clock = clock;
        _started = record.Started;
        _summary = new RequestExplanation
        {
            Id = id,
            TraceId = record.TraceId,
            Time = time,
            Duration = elapsed,
            Method = MaskedText.Bound(request.Method),
            Scheme = request.Scheme,
            Host = MaskedText.Bound(request.Host.Value ?? ""),
            Target = MaskedText.Target(ReceivedTarget.Of(context), showsSecrets: false),
            Protocol = request.Protocol,
            Client = context.Connection.RemoteIpAddress?.ToString(),
            RouteId = record.Route?.RouteId ?? "",
            ClusterId = cluster?.Id,
            LoadBalancingPolicy = cluster is null ? null : cluster.Snapshot.Options.LoadBalancingPolicy ?? LoadBalancingPolicyNames.PowerOfTwoChoices,
            DestinationId = record.Destination?.Id,
            Cache = record.Cache,
            Status = record.Status,
            Failure = record.Failure,
            ReceivedBytes = record.ReceivedBytes,
            SentBytes = record.SentBytes,
        };
    }

    public long Id => _summary.Id;

    /// <summary>Whether it failed, or was answered by an error of a server.</summary>
    public bool HasFailed => _summary.Failure is not null || _summary.Status >= StatusCodes.Status500InternalServerError;

    /// <summary>Whether a query asks for it.</summary>
    public bool Fits(RequestExplanationQuery query)
    {
        var told = _summary;
        return (query.Before is not { } before || told.Id < before)
            && Is(query.RouteId, told.RouteId) && Is(query.ClusterId, told.ClusterId) && Is(query.TraceId, told.TraceId)
            && !(told.Status < query.MinStatus) && !(told.Status > query.MaxStatus) && !(told.Duration < query.MinDuration)
            && (query.DestinationId is null || WasAsked(query.DestinationId))
            && (query.Text is not { Length: > 0 } text || Has(told.Method, text) || Has(told.Host, text) || Has(told.Target, text) || Has(told.Client, text) || Has(told.Failure, text));
    }

    /// <summary>All that is known of it.</summary>
    public RequestExplanation Tell()
    {
        var attempts = _journal.Attempts();
        return _summary with
        {
            LoadBalancingPolicy = _journal.Candidates().Length == 0 ? null : _summary.LoadBalancingPolicy,
            Affinity = _journal.Kept,
            Subset = _journal.Subset,
            Candidates = [.. _journal.Candidates().Select(static c => new CandidateExplanation(c.Id, c.Share, c.Exclusion))],
            Attempts = [.. attempts.Select(a => new AttemptExplanation(a.Number, a.DestinationId, _clock.GetElapsedTime(_started, a.Started), a.Elapsed, a.Status, a.Failure))],
            AttemptCount = _journal.Made,
        };
    }

    private bool WasAsked(string destination) =>
        Is(destination, _summary.DestinationId) || Array.Exists(_journal.Attempts(), a => Is(destination, a.DestinationId));

    private static bool Is(string? wanted, string? value) => wanted is null || wanted.Equals(value, StringComparison.OrdinalIgnoreCase);

    private static bool Has(string? value, string text) => value is not null && value.Contains(text, StringComparison.OrdinalIgnoreCase);
}
