namespace Net2Secure.Routing.Proxying;

/// <summary>Tells one state of a file from another: whether it is there, its length, the time of its last change, and when it was made.</summary>
/// <remarks>The last tells a file from another one put in its place, which may have kept the same length and time of change.</remarks>
internal readonly record struct FileStamp(bool Exists, long Length, DateTime LastWrite, DateTime Created)
{
    /// <summary>Follows symbolic links, those of folders on the way included, as Kubernetes mounts a ConfigMap.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new FileStamp(Exists: true, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle), File.GetCreationTimeUtc(handle));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
