namespace Net2Secure.Routing.Caching;

/// <summary>What the beginning of a file says.</summary>
internal readonly record struct DiskReading(DiskPreamble Preamble, DiskSlot Slot, CacheKey Key, CachedHead Head);
