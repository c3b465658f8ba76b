namespace Net2Secure.Routing.Caching;

/// <summary>Where a head is in its file. A file has room for two: the new one is written beside the old one, and counts from the moment that its slot is whole.</summary>
/// <param name="Sequence">When it was written; the later one counts.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Its length.</param>
/// <param name="Checksum">Of its bytes.</param>
/// <param name="IsDoubted">It has been purged softly since it was written.</param>
internal readonly record struct DiskSlot(ulong Sequence, long Offset, int Length, uint Checksum, bool IsDoubted);
