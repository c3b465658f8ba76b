namespace Net2Secure.Routing.Caching;

/// <summary>The short value by which a process says how much it has published, so that the others need not read all of it each time.</summary>
/// <param name="Lasting">Number of the youngest purge that concerns what is stored.</param>
/// <param name="Passing">Number of the youngest that concerns only what others keep in memory.</param>
/// <param name="Time">When it was written.</param>
internal readonly record struct PurgeStamp(long Lasting, long Passing, DateTimeOffset Time)
{
    private static ReadOnlySpan<byte> Kind => "N2S1"u8;

    public ReadOnlyMemory<byte> Write()
    {
        var writer = new FormatWriter(Kind);
        writer.Write(Lasting);
        writer.Write(Passing);
        writer.Write(Time);
        return writer.Seal();
    }

    public static PurgeStamp? Read(ReadOnlySpan<byte> value)
    {
        var reader = new FormatReader(value, Kind);
        var stamp = new PurgeStamp(reader.Int64(), reader.Int64(), reader.Time());
        return reader.IsWhole ? stamp : null;
    }
}
