namespace Net2Secure.Routing.Caching;

/// <summary>A purge as it is passed on.</summary>
/// <param name="Number">Its place among those of its publisher, from 1.</param>
/// <param name="Time">When it was asked for, by the publisher's clock.</param>
/// <param name="Purge">What is no longer wanted.</param>
internal sealed record PurgeRecord(long Number, DateTimeOffset Time, CachePurge Purge)
{
    public void Write(FormatWriter writer)
    {
        writer.Write(Number);
        writer.Write(Time);
        writer.Write((byte)Purge.Kind);
        writer.Write(Purge.IsSoft);
        writer.Write(Purge.Partition);
        writer.Write(Purge.Value);
    }

    /// <returns><see langword="null"/>: these bytes are not a purge.</returns>
    public static PurgeRecord? Read(ref FormatReader reader)
    {
        var number = reader.Int64();
        var time = reader.Time();
        var kind = (CachePurgeKind)reader.Byte();
        var isSoft = reader.Bool();
        var partition = reader.Text();
        var value = reader.Text();
        return reader.IsSound && Make(kind, value) is { } purge ? new PurgeRecord(number, time, purge with { IsSoft = isSoft, Partition = partition }) : null;
    }

    private static CachePurge? Make(CachePurgeKind kind, string? value) => kind switch
    {
        CachePurgeKind.Everything => CachePurge.ForEverything(),
        _ when string.IsNullOrEmpty(value) => null,
        CachePurgeKind.Uri => CachePurge.ForUri(value),
        CachePurgeKind.Prefix => CachePurge.ForPrefix(value),
        CachePurgeKind.Tag => CachePurge.ForTag(value),
        _ => null,
    };
}
