using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Net2Secure.Routing.Caching;

/// <summary>Where things are in the folder of a store: <c>lock</c>, <c>state</c>, <c>tmp</c> for what is being written, and 4096 folders of responses by the hash of their URI.</summary>
internal sealed class DiskLayout(string root)
{
    /// <summary>How many folders there may be.</summary>
    public const int Folders = 4096;

    private const string LockName = "lock";
    private const string StateName = "state";
    private const string TemporaryName = "tmp";

    public string Root => root;

    public string Lock { get; } = Path.Combine(root, LockName);

    public string State { get; } = Path.Combine(root, StateName);

    public string Temporary { get; } = Path.Combine(root, TemporaryName);

    public string FolderOf(int number) => Path.Combine(root, number.ToString("x3", CultureInfo.InvariantCulture));

    public string FileOf(in DiskName name) => Path.Combine(FolderOf(name.Folder), name.ToString());

    /// <summary>Whether nothing lies in the folder that is not of a store. Somebody else's files are not to be mistaken for broken ones of ours.</summary>
    public bool IsOurs() => File.Exists(State) || Directory.EnumerateFileSystemEntries(root).All(static path => IsOfNew(Path.GetFileName(path)));

    // Where a disk is mounted there may be a folder of the file system's own.
    private static bool IsOfNew(string name) => name is LockName or StateName + ".new" or "lost+found" || name.StartsWith(TemporaryName, StringComparison.Ordinal);

    /// <summary>Takes the folder for this store alone, until the file is closed.</summary>
    /// <exception cref="DiskCacheException">Another has it.</exception>
    public SafeFileHandle TakeLock()
    {
        try
        {
            var file = File.OpenHandle(Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return file;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw new DiskCacheException(
                $"'{root}' is in use by another process, or by another cache of this one. A folder serves one at a time: name another folder, or wait for the other to end.", e) { IsHeldByAnother = true };
        }
    }

    /// <summary>Makes the folder where it is missing, and tries to write to it.</summary>
    /// <returns>What is wrong and what to do; <see langword="null"/>: nothing.</returns>
    public static string? WhyUnusable(string root)
    {
        try
        {
            MakeFolder(root);
            var layout = new DiskLayout(root);
            if (!layout.IsOurs()) return "it holds files that are not those of a cache; name an empty folder, or one that does not exist";
            var probe = Path.Combine(root, $"{TemporaryName}-{Guid.NewGuid():N}");
            using (new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }))
            {
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return $"{e.Message.TrimEnd('.')}; name a folder in which this user may write";
        }
    }

    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
