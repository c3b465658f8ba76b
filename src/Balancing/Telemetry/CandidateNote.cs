namespace Net2Secure.Routing.Balancing;

/// <summary>A destination as it stood when the first attempt of a request was made.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Share">Its share of the traffic, 0 to 1.</param>
/// <param name="Status">What is known of it.</param>
internal readonly record struct CandidateNote(string Id, double Share, DestinationStatus Status);
