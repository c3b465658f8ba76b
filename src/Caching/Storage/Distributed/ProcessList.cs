namespace Net2Secure.Routing.Caching;

/// <summary>The processes that share a store, each with the time when it last said so.</summary>
internal static class ProcessList
{
    /// <summary>Most processes that are listed.</summary>
    public const int MaxProcesses = 256;

    private static ReadOnlySpan<byte> Kind => "N2L1"u8;

    public static ReadOnlyMemory<byte> Write(Dictionary<Guid, DateTimeOffset> processes)
    {
        var writer = new FormatWriter(Kind);
        writer.Write(processes.Count);
        foreach (var (id, time) in processes)
        {
            writer.Write(id);
            writer.Write(time);
        }

        return writer.Seal();
    }

    public static Dictionary<Guid, DateTimeOffset>? Read(ReadOnlySpan<byte> value)
    {
        var reader = new FormatReader(value, Kind);
        var count = reader.Count();
        var processes = new Dictionary<Guid, DateTimeOffset>();
        for (var i = 0; i < count && reader.IsSound; i++) processes[reader.Id()] = reader.Time();
        return reader.IsWhole ? processes : null;
    }
}
