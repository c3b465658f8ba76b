namespace Net2Secure.Routing.Caching;

/// <summary>Reads what other processes have purged, and keeps the list of processes. Called by one at a time.</summary>
internal sealed class PurgeReader(Guid id, DistributedValues values, DistributedKeys keys, KnownPurges known, PurgePublisher publisher, DistributedResponseCacheOptions options, TimeProvider time)
{
    /// <summary>A process that has purged nothing that lasts, and has not been heard of for so long, is struck off the list.</summary>
    private static readonly TimeSpan SilentFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Guid, Seen> _seen = [];
    private Dictionary<Guid, DateTimeOffset> _processes = [];
    private bool _hasJoined;

    /// <summary>Told what the others have purged.</summary>
    public required Action<CachePurge> Heard { get; init; }

    private TimeSpan KeptFor => options.MaxLifetime + options.ClockTolerance;

    /// <summary>Reads all there is to read.</summary>
    /// <param name="wasBehind">There were failures before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReadAsync(bool wasBehind, CancellationToken cancellationToken)
    {
        var isFirst = !_hasJoined;
        await JoinAsync(cancellationToken).ConfigureAwait(false);
        var reads = _processes.Keys.Where(process => process != id).Select(process => ReadAsync(process, cancellationToken)).ToArray();
        var all = Task.WhenAll(reads);
        await ((Task)all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Before the first look nothing came out of the store into memory, nor through it, unless the store failed.
        if (isFirst && wasBehind) Heard(CachePurge.ForEverything());
        else if (!isFirst) Tell([.. reads.Where(static read => read.IsCompletedSuccessfully).Select(static read => read.Result)]);
        await all.ConfigureAwait(false);
        _hasJoined = true;
    }

    // What was read is told even where another read has failed: it is not read again.
    private void Tell(News[] news)
    {
        if (news.Any(static n => n.HasMissed)) Heard(CachePurge.ForEverything());
        else
        {
            foreach (var record in news.SelectMany(static n => n.Records)) Heard(record.Purge);
        }
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        using var value = await values.GetAsync(keys.Processes, cancellationToken).ConfigureAwait(false);
        var listed = ProcessList.Read(value.Bytes);
        // Without a list nobody can say what has been purged before.
        if (listed is null && !_hasJoined) publisher.RaiseFloor(now);
        var wanted = new Dictionary<Guid, DateTimeOffset>(listed ?? []);
        foreach (var (process, seenAt) in _processes) wanted.TryAdd(process, seenAt);
        foreach (var process in wanted.Where(p => IsGone(p.Key, p.Value, now)).Select(static p => p.Key).ToArray()) wanted.Remove(process);
        if (!wanted.TryGetValue(id, out var own) || now - own > KeptFor / 8) wanted[id] = now;
        while (wanted.Count > ProcessList.MaxProcesses)
        {
            // Whoever was not heard of for longest is not read any more, so that its purges go by this.
            wanted.Remove(wanted.Where(p => p.Key != id).MinBy(static p => p.Value).Key);
            publisher.RaiseFloor(now);
        }

        _processes = wanted;
        foreach (var process in _seen.Keys.Where(process => !wanted.ContainsKey(process)).ToArray()) _seen.Remove(process);
        if (listed is not null && listed.Count == wanted.Count && wanted.All(p => listed.TryGetValue(p.Key, out var seenAt) && seenAt == p.Value)) return;
        await publisher.FlushAsync(cancellationToken).ConfigureAwait(false);
        await values.SetAsync(keys.Processes, ProcessList.Write(wanted), 2 * KeptFor, cancellationToken).ConfigureAwait(false);
    }

    private bool IsGone(Guid process, DateTimeOffset seenAt, DateTimeOffset now)
    {
        if (process == id) return false;
        if (now - seenAt > KeptFor + (KeptFor / 4)) return true;
        return _seen.TryGetValue(process, out var seen) && seen.Stamp is { Lasting: 0 } stamp && now - stamp.Time > SilentFor + options.ClockTolerance;
    }

    private async Task<News> ReadAsync(Guid process, CancellationToken cancellationToken)
    {
        PurgeStamp? read;
        using (var value = await values.GetAsync(keys.Stamp(process), cancellationToken).ConfigureAwait(false)) read = PurgeStamp.Read(value.Bytes);
        Seen? seen;
        lock (_seen)
        {
            if (!_seen.TryGetValue(process, out seen)) _seen[process] = seen = new Seen();
        }

        if (read is not { } stamp) return Lost(seen);
        var records = new List<PurgeRecord>();
        var hasMissed = false;
        var (lasting, passing) = (seen.Lasting, seen.Passing);
        if (stamp.Lasting > lasting)
        {
            using var value = await values.GetAsync(keys.LastingPurges(process), cancellationToken).ConfigureAwait(false);
            var published = PublishedPurges.Read(value.Bytes);
            PurgeRecord[] added = [.. published?.After(lasting) ?? []];
            known.Add(process, added);
            known.RaiseFloor((published?.Floor ?? time.GetUtcNow()) + options.ClockTolerance);
            hasMissed = published is null;
            records.AddRange(added);
            lasting = published?.LastNumber ?? stamp.Lasting;
        }

        if (stamp.Passing > passing)
        {
            using var value = await values.GetAsync(keys.PassingPurges(process), cancellationToken).ConfigureAwait(false);
            var published = PublishedPurges.Read(value.Bytes);
            hasMissed |= published is null;
            records.AddRange(published?.After(passing) ?? []);
            passing = published?.LastNumber ?? stamp.Passing;
        }

        // Only now that all of it is there: what fails half way is read again.
        (seen.Stamp, seen.Lasting, seen.Passing, seen.IsLost) = (stamp, lasting, passing, false);
        return new News(records, hasMissed);
    }

    /// <summary>The store has lost what a process has written. Once for each time: what it has purged is not to be found out.</summary>
    private News Lost(Seen seen)
    {
        if (seen.IsLost) return new News([], HasMissed: false);
        seen.IsLost = true;
        known.RaiseFloor(time.GetUtcNow() + options.ClockTolerance);
        return new News([], HasMissed: true);
    }

    private readonly record struct News(IReadOnlyList<PurgeRecord> Records, bool HasMissed);

    private sealed class Seen
    {
        public long Lasting { get; set; }

        public long Passing { get; set; }

        public PurgeStamp? Stamp { get; set; }

        public bool IsLost { get; set; }
    }
}
