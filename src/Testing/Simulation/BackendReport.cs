namespace Net2Secure.Routing.Testing;

/// <summary>What one backend got in a simulation.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Attempts">Attempts that were sent to it.</param>
/// <param name="Share">Its part of the attempts of all, 0 to 1.</param>
/// <param name="Failures">Attempts that failed there, refused connections and answers of 500 and more included.</param>
/// <param name="MaxInFlight">The most attempts that were under way there at once.</param>
/// <param name="Latency">How long its answered attempts took, waiting at the backend included.</param>
public sealed record BackendReport(string Id, int Attempts, double Share, int Failures, int MaxInFlight, LatencySummary Latency);
