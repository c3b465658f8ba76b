namespace Net2Secure.Routing.Caching;

/// <content>Finds out what lies in the folder, from the names of the files.</content>
internal sealed partial class DiskFolder
{
    private static readonly TimeSpan ScanAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Lock[] _scanning = [.. Enumerable.Range(0, Stripes).Select(static _ => new Lock())];
    private readonly bool[] _scanned = new bool[DiskLayout.Folders];

    /// <summary>Whether nothing is stored under a key, as far as that is known without asking the disk.</summary>
    public bool IsKnownToHaveNothing(CacheKey key)
    {
        var uri = _hash.UriOf(key.Uri);
        return IsScanned(FolderOf(uri)) && !_index.Contains(uri, _hash.KeyOf(key));
    }

    public ulong UriOf(string uri) => _hash.UriOf(uri);

    public ulong KeyOf(CacheKey key) => _hash.KeyOf(key);

    /// <summary>Looks through the folder of a URI, unless that has been done.</summary>
    public void EnsureScanned(ulong uri) => Scan(FolderOf(uri));

    private static int FolderOf(ulong uri) => new DiskName(uri, 0, 0, 0, 0).Folder;

    private bool IsScanned(int number) => Volatile.Read(ref _scanned[number]);

    private async Task ScanAllAsync()
    {
        while (!TryScanAll()) await Task.Delay(ScanAgainAfter, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool TryScanAll()
    {
        var isComplete = true;
        for (var i = 0; i < DiskLayout.Folders && !_closing.IsCancellationRequested; i++)
        {
            try
            {
                Scan(i);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DiskCacheException)
            {
                CachingLog.DiskFolderUnread(_logger, e);
                isComplete = false;
            }
        }

        return isComplete;
    }

    private void Scan(int number)
    {
        if (IsScanned(number)) return;
        lock (_scanning[number % Stripes])
        {
            if (IsScanned(number)) return;
            var folder = new DirectoryInfo(_layout.FolderOf(number));
            var leaving = new List<DiskEntry>();
            if (folder.Exists)
            {
                foreach (var file in folder.EnumerateFileSystemInfos()) Take(file, number, leaving);
            }

            DeleteAll(leaving);
            Volatile.Write(ref _scanned[number], true);
        }
    }

    private void Take(FileSystemInfo found, int number, List<DiskEntry> leaving)
    {
        if (found is DirectoryInfo folder)
        {
            CachingLog.DiskFileBroken(_logger);
            folder.Delete(recursive: true);
        }
        else if (DiskName.TryParse(found.Name, out var name) && name.Folder == number && name.Sequence <= (ulong)Volatile.Read(ref _sequence) && ((FileInfo)found).Length > DiskPreamble.Bytes)
        {
            _index.Add(new DiskEntry(name, ToBlocks(((FileInfo)found).Length)), isKnown: true, leaving);
        }
        else
        {
            CachingLog.DiskFileBroken(_logger);
            TryDelete(found.FullName);
        }
    }
}
