namespace Net2Secure.Routing.Caching;

/// <summary>What requests share that wait for one fetch: the key, and the variant as far as it is known before the answer is.</summary>
internal readonly record struct FlightKey(CacheKey Key, string Variant);
