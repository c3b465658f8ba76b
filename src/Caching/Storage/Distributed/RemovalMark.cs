namespace Net2Secure.Routing.Caching;

/// <summary>Says beside a key when it was last removed. It stays for as long as anything from before that can come back by two processes that write the index at once.</summary>
/// <param name="Process">Who removed it.</param>
/// <param name="Time">When, by the clock of that process.</param>
internal readonly record struct RemovalMark(Guid Process, DateTimeOffset Time)
{
    private static ReadOnlySpan<byte> Kind => "N2R1"u8;

    public ReadOnlyMemory<byte> Write()
    {
        var writer = new FormatWriter(Kind);
        writer.Write(Process);
        writer.Write(Time);
        return writer.Seal();
    }

    /// <param name="value">The value; empty: it was never removed.</param>
    /// <param name="mark">What it says.</param>
    /// <returns><see langword="false"/>: it says something that cannot be read.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out RemovalMark? mark)
    {
        mark = null;
        if (value.IsEmpty) return true;
        var reader = new FormatReader(value, Kind);
        var read = new RemovalMark(reader.Id(), reader.Time());
        if (!reader.IsWhole) return false;
        mark = read;
        return true;
    }
}
