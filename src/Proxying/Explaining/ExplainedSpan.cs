using System.Globalization;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>The decision record as attributes of the request's span.</summary>
internal static class ExplainedSpan
{
    public static void Describe(ServerSpan span, RequestRecord record)
    {
        if (!span.IsRecorded || record.Journal is not { } journal) return;
        if (journal.Kept is { } kept) span.Set("net2.affinity.destination.id", kept);
        if (journal.Subset is { } subset) span.Set("net2.subset", subset);
        if (record.Cache is { } cache) span.Set("net2.cache.decision", cache);
        var candidates = journal.Candidates();
        if (candidates.Length > 0) span.Set("net2.candidates", Array.ConvertAll(candidates, static c => c.Exclusion is null ? string.Create(CultureInfo.InvariantCulture, $"{c.Id} {c.Share:0.###}") : $"{c.Id} {c.Exclusion}"));
        var attempts = journal.Attempts();
        if (attempts.Length > 0) span.Set("net2.attempts", Array.ConvertAll(attempts, static a => a.Failure is null ? string.Create(CultureInfo.InvariantCulture, $"{a.DestinationId} {a.Status}") : $"{a.DestinationId} {a.Failure}"));
    }
}
