using System.Globalization;
using System.Text;

namespace Net2Secure.Routing.Testing;

/// <summary>What came out of a simulation.</summary>
/// <param name="Requests">Requests that came.</param>
/// <param name="Attempts">Attempts that were made of them.</param>
/// <param name="Retries">Attempts beyond the first of each request.</param>
/// <param name="RetriesRefused">Retries that the budget refused.</param>
/// <param name="Failures">Requests that failed in the end: without an answer, or with 500 and more.</param>
/// <param name="Unplaced">Requests, of those, for which no destination was to be had, or none with room.</param>
/// <param name="Duration">Time of the simulation up to the last answer.</param>
/// <param name="Latency">How long requests took that were answered well, from their arrival, retries included.</param>
/// <param name="Backends">What each backend got, in the order they were described.</param>
public sealed record SimulationReport(
    int Requests, int Attempts, int Retries, int RetriesRefused, int Failures, int Unplaced, TimeSpan Duration, LatencySummary Latency, IReadOnlyList<BackendReport> Backends)
{
    /// <summary>What a backend got.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public BackendReport this[string id] =>
        Backends.FirstOrDefault(b => string.Equals(b.Id, id, StringComparison.OrdinalIgnoreCase)) ?? throw new KeyNotFoundException($"The simulation has no backend '{id}'.");

    /// <summary>A table for people: the whole first, then up to 20 backends.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.AppendLine(culture, $"{Requests:n0} requests in {Duration.TotalSeconds:n1} s: {Failures:n0} failed ({Unplaced:n0} found no destination), {Retries:n0} retries, {RetriesRefused:n0} refused by the budget");
        text.AppendLine(culture, $"latency: {Line(Latency)}");
        foreach (var b in Backends.Take(20))
            text.AppendLine(culture, $"{b.Id,-12} {b.Share * 100,7:f3} %  {b.Attempts,9:n0} attempts  {b.Failures,7:n0} failed  {b.MaxInFlight,5:n0} at once  {Line(b.Latency)}");
        if (Backends.Count > 20) text.AppendLine(culture, $"… and {Backends.Count - 20:n0} more");
        return text.ToString();
    }

    private static string Line(LatencySummary l) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {l.P50.TotalMilliseconds:f1} ms, p90 {l.P90.TotalMilliseconds:f1} ms, p99 {l.P99.TotalMilliseconds:f1} ms, max {l.Max.TotalMilliseconds:f1} ms");
}
