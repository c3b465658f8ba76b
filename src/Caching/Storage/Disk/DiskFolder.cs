using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Net2Secure.Routing.Caching;

/// <summary>A folder of responses that this process has to itself, from opening to closing.</summary>
/// <remarks>
/// <para>A response is a file. It is written under a temporary name and renamed when it is whole, to a name that no other file has had or will have; so what is found under a name is whole, and is never another response.
/// What it takes the place of is removed behind it. A file in the way, torn or not ours, is a miss and is removed.</para>
/// <para>The table of what is there (<see cref="DiskIndex"/>) is made of the names, folder by folder in the background. A request for what lies in a folder that has not been looked through looks through that folder first.</para>
/// </remarks>
internal sealed partial class DiskFolder : IDisposable
{
    private const int BlockBytes = 4096;
    private const int WriteBytes = 128 * 1024;

    /// <summary>Room for heads grows in steps, so that a later head has a good chance to fit in.</summary>
    private const int HeadStep = 256;

    /// <summary>How many calls may wait for the disk at once, each with a thread.</summary>
    private const int MaxCalls = 32;

    private const int RunShift = 40;
    private const int Stripes = 64;

    private readonly DiskResponseCacheOptions _options;
    private readonly DiskLayout _layout;
    private readonly DiskFiles _files;
    private readonly DiskHash _hash;
    private readonly DiskEntryReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DiskIndex _index;
    private readonly SafeFileHandle _lockFile;
    private readonly SemaphoreSlim _calls = new(MaxCalls);
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Stripes).Select(static _ => new SemaphoreSlim(1))];
    private readonly CancellationTokenSource _closing = new();
    private long _sequence;

    private DiskFolder(DiskResponseCacheOptions options, DiskFiles files, DiskHash hash, TimeProvider time, ILogger logger, SafeFileHandle lockFile, DiskState state)
    {
        _options = options;
        _layout = new DiskLayout(options.Path);
        _files = files;
        _hash = hash;
        _reader = new DiskEntryReader(files, hash);
        _time = time;
        _logger = logger;
        _lockFile = lockFile;
        _index = new DiskIndex(options.MaxBytes);
        _state = state;
        _purges = [.. state.Purges];
        _sequence = state.Run << RunShift;
    }

    public DiskIndex Index => _index;

    /// <summary>Ends when all folders have been looked through.</summary>
    public Task Scanned { get; private set; } = Task.CompletedTask;

    /// <summary>Opens a folder, and begins to look what is in it.</summary>
    /// <exception cref="DiskCacheException">It cannot be used, now at least.</exception>
    public static DiskFolder Open(DiskResponseCacheOptions options, DiskFiles files, DiskHash hash, TimeProvider time, ILogger logger)
    {
        var layout = new DiskLayout(options.Path);
        SafeFileHandle? lockFile = null;
        try
        {
            DiskLayout.MakeFolder(layout.Root);
            if (!layout.IsOurs()) throw new DiskCacheException($"'{layout.Root}' holds files that are not those of a cache. Name an empty folder, or one that does not exist.");
            lockFile = layout.TakeLock();
            if (Directory.Exists(layout.Temporary)) Directory.Delete(layout.Temporary, recursive: true);
            DiskLayout.MakeFolder(layout.Temporary);
            var state = DiskState.TryRead(layout.State);
            if (state is null)
            {
                // Without it nobody knows which responses were purged.
                for (var i = 0; i < DiskLayout.Folders; i++)
                {
                    if (Directory.Exists(layout.FolderOf(i))) Directory.Delete(layout.FolderOf(i), recursive: true);
                }
            }

            state = new DiskState(DiskState.CurrentVersion, (state?.Run ?? 0) + 1, state?.Purges ?? []);
            state.Write(layout.State, files);
            var folder = new DiskFolder(options, files, hash, time, logger, lockFile, state);
            folder.Scanned = Task.Run(folder.ScanAllAsync);
            if (state.Purges.Count > 0) _ = folder.Sweep();
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DiskCacheException)
        {
            lockFile?.Dispose();
            throw e as DiskCacheException ?? new DiskCacheException($"'{layout.Root}' cannot be used by the cache: {e.Message}", e);
        }
    }

    public async Task<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var found = new List<CachedResponse>();
        foreach (var entry in _index.Find(_hash.UriOf(key.Uri), _hash.KeyOf(key)))
        {
            using var file = _files.TryOpen(_layout.FileOf(entry.Name), forUpdate: false);
            if (file is null || await _reader.ReadAsync(file, entry.Name, cancellationToken).ConfigureAwait(false) is not { } read) await DiscardIfBrokenAsync(entry, cancellationToken).ConfigureAwait(false);
            else if (read.Key == key && Judge(read) is { } head) found.Add(new DiskResponse(this, entry, read.Preamble, read.Slot, head));
        }

        return found;
    }

    public async Task<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        var headBytes = DiskHead.Write(key, head);
        if (headBytes.Length > DiskHead.MaxBytes) return false;
        var room = (headBytes.Length + HeadStep - 1) / HeadStep * HeadStep;
        var path = Path.Combine(_layout.Temporary, $"{NextSequence():x16}");
        var buffer = ArrayPool<byte>.Shared.Rent(WriteBytes);
        var reserved = 0L;
        SafeFileHandle? file = null;
        var leaving = new List<DiskEntry>();
        try
        {
            var length = 0L;
            var checksum = DiskChecksum.Start;
            while (true)
            {
                // To be read first: an empty body, or one that fails at once, should not cost a file.
                var read = await body.ReadAtLeastAsync(buffer.AsMemory(0, WriteBytes), WriteBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                if (length + read > _options.MaxBodyBytes) return false;
                checksum = DiskChecksum.Add(checksum, buffer.AsSpan(0, read));
                _index.Reserve(read, leaving);
                reserved += read;
                DeleteAll(leaving);
                file ??= Try(() => _files.Create(path));
                await TryAsync(_files.WriteAsync(file, buffer.AsMemory(0, read), DiskPreamble.Bytes + room + length, cancellationToken)).ConfigureAwait(false);
                length += read;
                if (read < WriteBytes) break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var name = new DiskName(_hash.UriOf(key.Uri), _hash.KeyOf(key), _hash.VariantOf(head.Variant), _hash.TagsOf(head.Tags), NextSequence());
            var slot = new DiskSlot(name.Sequence, DiskPreamble.Bytes, headBytes.Length, DiskChecksum.Of(headBytes.Span), IsDoubted: false);
            var beginning = new byte[DiskPreamble.Bytes + room];
            new DiskPreamble(room, length, checksum, slot, null).Write(beginning);
            headBytes.CopyTo(beginning.AsMemory(DiskPreamble.Bytes));
            await TryAsync(_files.WriteAsync(file, beginning, 0, cancellationToken)).ConfigureAwait(false);
            if (_options.FlushToDisk) Try(() => _files.Flush(file));
            _closing.Token.ThrowIfCancellationRequested();
            file.Dispose();
            Try(() => _files.Move(path, _layout.FileOf(name)));
            file = null;
            _index.Reserve(-reserved, leaving);
            reserved = 0;
            _index.Add(new DiskEntry(name, ToBlocks(beginning.Length + length)), isKnown: false, leaving);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _index.Reserve(-reserved, leaving);
            DeleteAll(leaving);
            if (file is not null)
            {
                file.Dispose();
                TryDelete(path);
            }
        }
    }

    public async Task<CachedResponse?> UpdateAsync(CacheKey key, DiskResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        if (head.Variant != current.Head.Variant) return null;
        var headBytes = DiskHead.Write(key, head);
        if (headBytes.Length > DiskHead.MaxBytes) return null;
        return await UpdateAsync(
            current.Entry,
            head.Tags,
            read => read.Key == key && read.Slot.Sequence == current.Sequence && Judge(read) is not null ? new HeadChange(head, headBytes, IsDoubted: false) : null,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all variants of a key, or of a URI in all its partitions.</summary>
    public async Task<int> RemoveAsync(ulong uri, ulong? key)
    {
        var count = 0;
        foreach (var entry in _index.Find(uri, key))
        {
            if (await RemoveAsync(entry).ConfigureAwait(false)) count++;
        }

        return count;
    }

    public async ValueTask<Stream?> OpenBodyAsync(DiskEntry entry, DiskPreamble preamble, long offset, long count, CancellationToken cancellationToken)
    {
        var file = await RunAsync(() => Task.FromResult(_files.TryOpen(_layout.FileOf(entry.Name), forUpdate: false)), cancellationToken).ConfigureAwait(false);
        if (file is null)
        {
            await DiscardIfBrokenAsync(entry, cancellationToken).ConfigureAwait(false);
            return null;
        }

        entry.Touch();
        return new DiskBodyStream(_files, file, preamble, offset, count, () => Discard(entry));
    }

    /// <summary>Does something that may have to wait for the disk, on another thread and not too much of it at once.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        await _calls.WaitAsync(cancellationToken).ConfigureAwait(false);
        var running = Task.Run(call, CancellationToken.None);
        try
        {
            return await running.ConfigureAwait(false);
        }
        finally
        {
            _calls.Release();
        }
    }

    /// <summary>Stops what goes on in the background and lets others have the folder. Bodies that are open can be read to their end.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _lockFile.Dispose();
    }

    private static long ToBlocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    private ulong NextSequence() => (ulong)Interlocked.Increment(ref _sequence);

    /// <summary>The head as purges on record leave it; <see langword="null"/>: it is gone.</summary>
    private CachedHead? Judge(in DiskReading read)
    {
        var isDoubted = read.Slot.IsDoubted;
        foreach (var purge in Volatile.Read(ref _purges))
        {
            if (!purge.Concerns(read.Slot.Sequence, read.Key, read.Head.Tags)) continue;
            if (!purge.IsSoft) return null;
            isDoubted = true;
        }

        return isDoubted && !read.Head.IsDoubted ? read.Head.With(isDoubted: true) : read.Head;
    }

    /// <summary>Writes another head, or another slot for the same one, unless the response has gone meanwhile.</summary>
    /// <param name="entry">The response.</param>
    /// <param name="tags">Tags of the new head.</param>
    /// <param name="change">What to write, by what is there; <see langword="null"/>: nothing.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    private async Task<DiskResponse?> UpdateAsync(DiskEntry entry, IReadOnlyList<string> tags, Func<DiskReading, HeadChange?> change, CancellationToken cancellationToken)
    {
        var turn = TurnOf(entry);
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_index.Contains(entry)) return null;
            using var file = _files.TryOpen(_layout.FileOf(entry.Name), forUpdate: true);
            if (file is null || await _reader.ReadAsync(file, entry.Name, cancellationToken).ConfigureAwait(false) is not { } read || change(read) is not { } wanted) return null;
            // The name tells of more tags before the head does: purges go by names.
            if (Rename(entry, tags) is not { } named) return null;
            var slot = read.Slot with { Sequence = NextSequence(), IsDoubted = wanted.IsDoubted };
            if (wanted.Bytes is { } bytes)
            {
                slot = slot with { Offset = read.Preamble.RoomFor(bytes.Length), Length = bytes.Length, Checksum = DiskChecksum.Of(bytes.Span) };
                await TryAsync(_files.WriteAsync(file, bytes, slot.Offset, CancellationToken.None)).ConfigureAwait(false);
            }

            var slotBytes = new byte[DiskPreamble.SlotBytes];
            DiskPreamble.WriteSlot(slotBytes, slot);
            await TryAsync(_files.WriteAsync(file, slotBytes, read.Preamble.OffsetOfOther, CancellationToken.None)).ConfigureAwait(false);
            if (_options.FlushToDisk) Try(() => _files.Flush(file));
            return _index.Contains(named) ? new DiskResponse(this, named, read.Preamble, slot, wanted.Head) : null;
        }
        finally
        {
            turn.Release();
        }
    }

    private DiskEntry? Rename(DiskEntry entry, IReadOnlyList<string> tags)
    {
        var bits = entry.Name.Tags | _hash.TagsOf(tags);
        if (bits == entry.Name.Tags) return entry;
        var named = new DiskEntry(entry.Name with { Tags = bits }, entry.Bytes);
        Try(() => _files.Move(_layout.FileOf(entry.Name), _layout.FileOf(named.Name)));
        if (_index.Replace(entry, named)) return named;
        TryDelete(_layout.FileOf(named.Name));
        return null;
    }

    /// <summary>Removes one response for good, before this ends.</summary>
    private async Task<bool> RemoveAsync(DiskEntry entry)
    {
        var turn = TurnOf(entry);
        await turn.WaitAsync(_closing.Token).ConfigureAwait(false);
        try
        {
            if (!_index.Contains(entry)) return false;
            // The file first: what cannot be removed has to stay in the table, so that it is tried again.
            Try(() => _files.Delete(_layout.FileOf(entry.Name)));
            return _index.Remove(entry);
        }
        finally
        {
            turn.Release();
        }
    }

    // Being written to, or renamed, at this moment it may look torn or missing: looked at once more when nobody is at it.
    private async Task DiscardIfBrokenAsync(DiskEntry entry, CancellationToken cancellationToken)
    {
        var turn = TurnOf(entry);
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_index.Contains(entry)) return;
            using var file = _files.TryOpen(_layout.FileOf(entry.Name), forUpdate: false);
            if (file is null) _index.Remove(entry);
            else if (await _reader.ReadAsync(file, entry.Name, cancellationToken).ConfigureAwait(false) is null) Discard(entry);
        }
        finally
        {
            turn.Release();
        }
    }

    private SemaphoreSlim TurnOf(DiskEntry entry) => _turns[(int)(entry.Name.Sequence % Stripes)];

    private void Discard(DiskEntry entry)
    {
        CachingLog.DiskFileBroken(_logger);
        TryDelete(_layout.FileOf(entry.Name));
        _index.Remove(entry);
    }

    private void DeleteAll(List<DiskEntry> leaving)
    {
        foreach (var entry in leaving) TryDelete(_layout.FileOf(entry.Name));
        leaving.Clear();
    }

    // What could be done without: at the next start it is found again, and makes room again.
    private void TryDelete(string path)
    {
        try
        {
            _files.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CachingLog.DiskFileStays(_logger, e);
        }
    }

    private T Try<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private void Try(Action call) => Try(() =>
    {
        call();
        return true;
    });

    private async ValueTask TryAsync(ValueTask call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private DiskCacheException Failed(Exception e) => new($"The disk cache cannot write to '{_layout.Root}': {e.Message}", e);

    /// <summary>What to write in place of a head.</summary>
    private readonly record struct HeadChange(CachedHead Head, ReadOnlyMemory<byte>? Bytes, bool IsDoubted);
}
