namespace Net2Secure.Routing.Caching;

/// <summary>What has come of a purge.</summary>
/// <param name="Responses">How many stored responses it has concerned, as far as the store can tell.</param>
/// <param name="IsComplete">
/// The store has carried it out. Where it has not, because it failed or was late, nothing that the purge concerns is used in this process, and it is tried again until it is done.
/// </param>
public readonly record struct CachePurgeResult(long Responses, bool IsComplete);
