namespace Net2Secure.Routing.Caching;

/// <summary>What one process has published, as a value that the others read. Not thread-safe.</summary>
/// <remarks>
/// Bounded: one purge that says the same as an older one takes its place, and where there are too many the oldest two become one that purges everything. Who has read them already is not concerned by that, as it has their
/// number; who has not has missed something, and learns it so.
/// </remarks>
/// <param name="maxRecords">How many are kept, 2 at least.</param>
internal sealed class PublishedPurges(int maxRecords)
{
    private readonly List<PurgeRecord> _records = [];
    private DateTimeOffset _floor;

    private static ReadOnlySpan<byte> Kind => "N2P1"u8;

    /// <summary>The youngest; 0: none was published.</summary>
    public long LastNumber { get; private set; }

    public PurgeRecord Add(CachePurge purge, DateTimeOffset now)
    {
        var added = new PurgeRecord(++LastNumber, now, purge);
        _records.RemoveAll(record => record.Purge == purge);
        _records.Add(added);
        if (_records.Count > maxRecords)
        {
            _records.RemoveAt(0);
            _records[0] = _records[0] with { Purge = CachePurge.ForEverything() };
        }

        return added;
    }

    /// <summary>Has what was stored before this moment taken for purged.</summary>
    public void RaiseFloor(DateTimeOffset moment)
    {
        if (moment <= _floor) return;
        _floor = moment;
        LastNumber++; // So that the others read it.
    }

    /// <summary>Forgets what is of no use to anybody any more.</summary>
    public void DropBefore(DateTimeOffset moment) => _records.RemoveAll(record => record.Time < moment);

    public ReadOnlyMemory<byte> Write()
    {
        var writer = new FormatWriter(Kind);
        writer.Write(LastNumber);
        writer.Write(_floor);
        writer.Write(_records.Count);
        foreach (var record in _records) record.Write(writer);
        return writer.Seal();
    }

    /// <summary>Reads what another process has written.</summary>
    /// <returns><see langword="null"/>: these bytes are nothing of the kind.</returns>
    public static ReadPurges? Read(ReadOnlySpan<byte> value)
    {
        var reader = new FormatReader(value, Kind);
        var last = reader.Int64();
        var floor = reader.Time();
        var records = new PurgeRecord[reader.Count()];
        for (var i = 0; i < records.Length; i++)
        {
            if (PurgeRecord.Read(ref reader) is not { } record) return null;
            records[i] = record;
        }

        return reader.IsWhole ? new ReadPurges(last, floor, records) : null;
    }
}
