using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>Keeps responses in files, within a bound on bytes. They outlive the process.</summary>
/// <remarks>
/// A folder serves one store of one process. While another has it, or it cannot be used, all calls fail, and it is tried again every few seconds: a process that takes over from another begins
/// without its disk and goes on with it. When writing fails it is left for a while too, and what is stored can still be read.
/// </remarks>
internal sealed class DiskResponseCache : IResponseCache, IResponseCacheUsage, IDisposable
{
    /// <summary>How long a folder that could not be opened, or written to, is left alone.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>How long a purge waits for the files that it concerns, for the sake of their number. It counts without them.</summary>
    private static readonly TimeSpan PurgePatience = TimeSpan.FromMilliseconds(50);

    private static readonly CachedResponse[] None = [];

    private readonly Lock _lock = new();
    private readonly DiskResponseCacheOptions _options;
    private readonly DiskFiles _files;
    private readonly DiskHash _hash;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private DiskFolder? _folder;
    private long _openAgainAt;
    private long _writeAgainAt = long.MinValue;
    private bool _isDisposed;
    private bool _isRefused;
    private bool _isReadOnly;

    /// <param name="options">Valid settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For messages.</param>
    /// <param name="files">The file system; that of the machine unless given.</param>
    /// <param name="hash">How keys are hashed; by SHA-256 unless given.</param>
    public DiskResponseCache(DiskResponseCacheOptions options, TimeProvider time, ILogger logger, DiskFiles? files = null, DiskHash? hash = null)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _files = files ?? new DiskFiles();
        _hash = hash ?? DiskHash.Sha256;
        _openAgainAt = time.GetTimestamp();
        TryOpen();
    }

    public long Bytes => Volatile.Read(ref _folder)?.Index.Bytes ?? 0;

    public long Entries => Volatile.Read(ref _folder)?.Index.Count ?? 0;

    public long Evictions => Volatile.Read(ref _folder)?.Index.Evictions ?? 0;

    /// <summary>The largest body that is stored.</summary>
    public long MaxBodyBytes => _options.MaxBodyBytes;

    /// <summary>Ends when it is known what is stored.</summary>
    public Task Scanned => Volatile.Read(ref _folder)?.Scanned ?? Task.CompletedTask;

    public ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var folder = TryOpen() ?? throw NotOpen();
        if (folder.IsKnownToHaveNothing(key)) return new(None);
        return new(folder.RunAsync(
            () =>
            {
                folder.EnsureScanned(folder.UriOf(key.Uri));
                return folder.FindAsync(key, cancellationToken);
            },
            cancellationToken));
    }

    public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(body);
        var folder = TryOpen() ?? throw NotOpen();
        if (_time.GetTimestamp() < Volatile.Read(ref _writeAgainAt)) return false;
        if (ByteRange.TryPosition(new FieldView(head.Fields).First(FieldNames.ContentLength), out var length) && length > _options.MaxBodyBytes) return false;
        // On a thread that may wait for the disk; whoever brings the body does not.
        return await Task.Run(
            async () =>
            {
                try
                {
                    folder.EnsureScanned(folder.UriOf(key.Uri));
                    var isStored = await folder.StoreAsync(key, head, body, cancellationToken).ConfigureAwait(false);
                    if (isStored) Wrote();
                    return isStored;
                }
                catch (DiskCacheException e)
                {
                    CouldNotWrite(folder, e);
                    throw;
                }
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        var folder = TryOpen() ?? throw NotOpen();
        if (current is not DiskResponse response) return null;
        return await folder.RunAsync(() => folder.UpdateAsync(key, response, head, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var folder = TryOpen() ?? throw NotOpen();
        if (folder.IsKnownToHaveNothing(key)) return 0;
        return await folder.RunAsync(
            () =>
            {
                folder.EnsureScanned(folder.UriOf(key.Uri));
                return folder.RemoveAsync(folder.UriOf(key.Uri), folder.KeyOf(key));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One URI is done with when this ends. Anything else counts when this ends and is swept up in the background; the number is what was swept until then.</summary>
    public async ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(purge);
        var folder = TryOpen() ?? throw NotOpen();
        if (purge.Kind == CachePurgeKind.Uri) return await folder.RunAsync(() => folder.PurgeUriAsync(purge), cancellationToken).ConfigureAwait(false);
        var swept = await folder.RunAsync(() => Task.FromResult(folder.Purge(purge)), cancellationToken).ConfigureAwait(false);
        try
        {
            return await swept.WaitAsync(PurgePatience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _folder?.Dispose();
            _folder = null;
        }
    }

    private DiskFolder? TryOpen()
    {
        if (Volatile.Read(ref _folder) is { } open) return open;
        if (_time.GetTimestamp() < Volatile.Read(ref _openAgainAt)) return null;
        lock (_lock)
        {
            if (_folder is not null || _isDisposed || _time.GetTimestamp() < _openAgainAt) return _folder;
            try
            {
                Volatile.Write(ref _folder, DiskFolder.Open(_options, _files, _hash, _time, _logger));
                if (_isRefused) CachingLog.DiskFolderOpened(_logger, _options.Path);
                _isRefused = false;
            }
            catch (DiskCacheException e)
            {
                Volatile.Write(ref _openAgainAt, After(Pause));
                if (!_isRefused) CachingLog.DiskFolderRefused(_logger, e.Message, e);
                _isRefused = true;
            }

            return _folder;
        }
    }

    private DiskCacheException NotOpen() => new($"The disk cache has no access to '{_options.Path}' at the moment.");

    private void CouldNotWrite(DiskFolder folder, DiskCacheException e)
    {
        lock (_lock)
        {
            Volatile.Write(ref _writeAgainAt, After(Pause));
            if (!_isReadOnly) CachingLog.DiskNotWritable(_logger, e.Message, e);
            _isReadOnly = true;
            // The folder has gone, and the lock on it with it: to be opened anew.
            if (_folder != folder || Directory.Exists(new DiskLayout(_options.Path).Temporary)) return;
            _folder.Dispose();
            Volatile.Write(ref _folder, null);
            Volatile.Write(ref _openAgainAt, After(Pause));
        }
    }

    private void Wrote()
    {
        if (!Volatile.Read(ref _isReadOnly)) return;
        lock (_lock)
        {
            if (_isReadOnly) CachingLog.DiskWritable(_logger);
            _isReadOnly = false;
        }
    }

    private long After(TimeSpan span) => _time.GetTimestamp() + (long)(span.TotalSeconds * _time.TimestampFrequency);
}
