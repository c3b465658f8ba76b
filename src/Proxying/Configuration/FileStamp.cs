using Microsoft.Win32.SafeHandles;

namespace Net2Secure.Routing.Proxying;

/// <summary>Tells one state of a file from another: whether it is there, its length, the time of its last change, and, behind links, which file it is.</summary>
/// <remarks>A link may be turned to a file of the same length and time: where files come out of an image or an archive, all of them have the same time.</remarks>
internal readonly record struct FileStamp(bool Exists, long Length, DateTime LastWrite, string? Target)
{
    /// <summary>Follows symbolic links, those of folders on the way included, as Kubernetes mounts a ConfigMap.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new FileStamp(Exists: true, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle), TargetOf(handle));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    // Links of folders on the way are resolved by the kernel only; it tells where an open file really is.
    private static string? TargetOf(SafeFileHandle handle) =>
        OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget : null;
}
