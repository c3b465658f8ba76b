using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>Chooses the requests that have a decision record, and keeps what became of them. Thread-safe.</summary>
internal sealed class RequestExplanations : IRequestExplanations
{
    private const int MaxLimit = 1000;

    private readonly ExplanationRing _recent = new();
    private readonly ExplanationRing _slow = new();
    private readonly ExplanationRing _failed = new();
    private readonly ExplainOptions _defaults;
    private readonly RandomSource _random;
    private readonly TimeProvider _time;
    private ExplainSettings? _settings;
    private long _lastId;

    public RequestExplanations(IOptions<ExplainOptions> defaults, RandomSource random, TimeProvider time)
    {
        _defaults = defaults.Value;
        _random = random;
        _time = time;
        Use(null);
    }

    public bool IsEnabled => Settings is not null;

    /// <summary>What is in force; <see langword="null"/>: nothing is written down.</summary>
    public ExplainSettings? Settings => Volatile.Read(ref _settings);

    /// <summary>Makes settings those in force; <see langword="null"/>: those of the application's code.</summary>
    public void Use(ExplainOptions? configured)
    {
        var options = configured ?? _defaults;
        if (options.Enabled)
        {
            foreach (var ring in (ReadOnlySpan<ExplanationRing>)[_recent, _slow, _failed]) ring.Resize(options.Capacity);
        }

        Volatile.Write(ref _settings, options.Enabled ? new ExplainSettings(options) : null);
    }

    /// <summary>Whether a request that nobody has asked for has a record.</summary>
    public bool Draws(ExplainSettings settings) => settings.Sample == 1 || _random.Next(settings.Sample) == 0;

    /// <summary>Keeps a request that has ended.</summary>
    public void Keep(HttpContext context, RequestRecord record, TimeSpan elapsed, ExplainSettings settings)
    {
        var kept = new ExplainedRequest(Interlocked.Increment(ref _lastId), context, record, _time.GetUtcNow() - elapsed, elapsed, _time);
        _recent.Add(kept);
        if (elapsed >= settings.SlowThreshold) _slow.Add(kept);
        if (kept.HasFailed) _failed.Add(kept);
    }

    public IReadOnlyList<RequestExplanation> Find(RequestExplanationQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit is < 1 or > MaxLimit) throw new ArgumentOutOfRangeException(nameof(query), query.Limit, $"{nameof(query.Limit)} is out of range: 1 to {MaxLimit} are allowed.");
        return [.. All(query.Kind).Where(r => r.Fits(query)).DistinctBy(static r => r.Id).OrderByDescending(static r => r.Id).Take(query.Limit).Select(static r => r.Tell())];
    }

    public RequestExplanation? Find(long id) => All(RequestExplanationKind.All).FirstOrDefault(r => r.Id == id)?.Tell();

    private IEnumerable<ExplainedRequest> All(RequestExplanationKind kind) => kind switch
    {
        RequestExplanationKind.Recent => _recent.ToArray().OfType<ExplainedRequest>(),
        RequestExplanationKind.Slow => _slow.ToArray().OfType<ExplainedRequest>(),
        RequestExplanationKind.Failed => _failed.ToArray().OfType<ExplainedRequest>(),
        _ => [.. _recent.ToArray().OfType<ExplainedRequest>(), .. _slow.ToArray().OfType<ExplainedRequest>(), .. _failed.ToArray().OfType<ExplainedRequest>()],
    };
}
