using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>A folder, and the stores that were opened on it one after the other.</summary>
internal sealed class DiskUnderTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private DiskResponseCache? _cache;

    public ManualTimeProvider Time { get; } = new();

    public DiskResponseCacheOptions Options { get; }

    public DiskUnderTest() => Options = new() { Path = System.IO.Path.Combine(_folder.Path, "cache"), MaxBytes = 32 * 1024 * 1024, MaxBodyBytes = 8 * 1024 * 1024, FlushToDisk = false };

    /// <summary>Opens the folder, anew if it was open.</summary>
    public DiskResponseCache Open(DiskFiles? files = null, DiskHash? hash = null)
    {
        _cache?.Dispose();
        return _cache = new DiskResponseCache(Options, Time, NullLogger.Instance, files, hash);
    }

    /// <summary>The files of responses.</summary>
    public string[] Files() =>
        Directory.Exists(Options.Path) ? [.. Directory.EnumerateFiles(Options.Path, "*-*-*-*", SearchOption.AllDirectories)] : [];

    public void Dispose()
    {
        _cache?.Dispose();
        _folder.Dispose();
    }

    /// <summary>A file system that breaks where a test wants it to.</summary>
    internal sealed class BreakingFiles : DiskFiles
    {
        /// <summary>Bytes that can still be written; then it is full, in the middle of a write if need be.</summary>
        public long Room { get; set; } = long.MaxValue;

        public bool CanDelete { get; set; } = true;

        public bool CanUpdate { get; set; } = true;

        public int Opened { get; private set; }

        public override SafeFileHandle? TryOpen(string path, bool forUpdate)
        {
            Opened++;
            return forUpdate && !CanUpdate ? throw new IOException("No updates today.") : base.TryOpen(path, forUpdate);
        }

        public override void Delete(string path)
        {
            if (!CanDelete && Path.GetFileName(path).Length > 40) throw new IOException("Nothing is deleted today.");
            base.Delete(path);
        }

        public override async ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
        {
            var count = (int)Math.Min(bytes.Length, Room);
            if (count > 0) await base.WriteAsync(file, bytes[..count], offset, cancellationToken);
            Room -= count;
            if (count < bytes.Length) throw new IOException("No space left on device");
        }
    }
}
