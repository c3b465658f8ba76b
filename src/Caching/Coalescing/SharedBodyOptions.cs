namespace Net2Secure.Routing.Caching;

/// <summary>Bounds of a body that several read while it arrives.</summary>
/// <param name="Pool">Where memory comes from.</param>
/// <param name="Budget">What all such bodies may take together.</param>
/// <param name="MaxKeptBytes">As long as the body is no longer than this it is kept from its beginning.</param>
/// <param name="StallTimeout">How long one reader may hold up the others, once the body is not kept any more.</param>
/// <param name="StoreStallTimeout">How long a store may.</param>
/// <param name="Time">The clock.</param>
internal sealed record SharedBodyOptions(SegmentPool Pool, TransferBudget Budget, long MaxKeptBytes, TimeSpan StallTimeout, TimeSpan StoreStallTimeout, TimeProvider Time);
