using Microsoft.Win32.SafeHandles;

namespace Net2Secure.Routing.Caching;

/// <summary>All that the store asks of a file system. Tests put a worse one in its place.</summary>
internal class DiskFiles
{
    // On Windows a file that is being read can be removed only if its reader allows it.
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;

    public virtual SafeFileHandle Create(string path)
    {
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, ShareAll, FileOptions.Asynchronous);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return handle;
    }

    /// <returns><see langword="null"/>: there is no such file.</returns>
    public virtual SafeFileHandle? TryOpen(string path, bool forUpdate)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, forUpdate ? FileAccess.ReadWrite : FileAccess.Read, ShareAll, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public virtual ValueTask<int> ReadAsync(SafeFileHandle file, Memory<byte> buffer, long offset, CancellationToken cancellationToken) => RandomAccess.ReadAsync(file, buffer, offset, cancellationToken);

    public virtual ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken) =>
        RandomAccess.WriteAsync(file, bytes, offset, cancellationToken);

    public virtual void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Gives a file another name, in a folder that may have to be made first.</summary>
    public virtual void Move(string from, string to)
    {
        try
        {
            File.Move(from, to);
        }
        catch (DirectoryNotFoundException)
        {
            DiskLayout.MakeFolder(Path.GetDirectoryName(to)!);
            File.Move(from, to);
        }
    }

    /// <summary>Removes a file, if it is there. Who has it open reads on.</summary>
    public virtual void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }
}
