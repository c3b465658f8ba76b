namespace Net2Secure.Routing.Balancing;

/// <summary>A destination as it stood when the first one was picked for a request.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Share">Its share of the traffic, 0 to 1.</param>
/// <param name="Exclusion">Why it could not be picked, one of <see cref="CandidateExclusions"/>; <see langword="null"/>: it could.</param>
internal readonly record struct CandidateNote(string Id, double Share, string? Exclusion);
