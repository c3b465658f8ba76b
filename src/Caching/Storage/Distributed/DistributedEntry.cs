namespace Net2Secure.Routing.Caching;

/// <summary>A variant as the index lists it.</summary>
/// <param name="Head">Status, fields and times.</param>
/// <param name="BodyId">Names the body. Each storing has a new one, so that a body is never taken for another.</param>
/// <param name="Length">Of the body, bytes.</param>
/// <param name="StoredBy">The process that stored it.</param>
/// <param name="StoredAt">When, by the clock of that process.</param>
/// <param name="ExpiresAt">When it is of no use any more.</param>
/// <param name="BodyExpiresAt">When the body is forgotten.</param>
internal sealed record DistributedEntry(CachedHead Head, Guid BodyId, long Length, Guid StoredBy, DateTimeOffset StoredAt, DateTimeOffset ExpiresAt, DateTimeOffset BodyExpiresAt)
{
    public void Write(FormatWriter writer)
    {
        HeadFormat.Write(writer, Head);
        writer.Write(BodyId);
        writer.Write(Length);
        writer.Write(StoredBy);
        writer.Write(StoredAt);
        writer.Write(ExpiresAt);
        writer.Write(BodyExpiresAt);
    }

    /// <returns><see langword="null"/>: these bytes are not an entry.</returns>
    public static DistributedEntry? Read(ref FormatReader reader)
    {
        if (HeadFormat.Read(ref reader) is not { } head) return null;
        var entry = new DistributedEntry(head, reader.Id(), reader.Int64(), reader.Id(), reader.Time(), reader.Time(), reader.Time());
        return reader.IsSound && entry.Length >= 0 ? entry : null;
    }
}
