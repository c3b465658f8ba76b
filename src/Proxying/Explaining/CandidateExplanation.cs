namespace Net2Secure.Routing.Proxying;

/// <summary>A destination of the cluster when the first one was picked for a request.</summary>
/// <param name="DestinationId">Its name.</param>
/// <param name="Share">Its effective weight as a share of all that the request could go to, 0 to 1.</param>
/// <param name="Exclusion">Why it could not be picked, one of <see cref="Balancing.CandidateExclusions"/>; <see langword="null"/>: it could.</param>
public sealed record CandidateExplanation(string DestinationId, double Share, string? Exclusion);
