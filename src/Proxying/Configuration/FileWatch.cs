using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Net2Secure.Routing.Proxying;

/// <summary>Looks at a file again and again. For one caller at a time.</summary>
/// <remarks>
/// Length and time of a file do not tell two changes within one tick of the file system's clock apart (a few milliseconds; a second or two on some network drives and on FAT), and .NET does not tell which inode a
/// name stands for. But such a change can only come within a tick after the first look that has seen the time. So the content is read and hashed at every look until <see cref="Tick"/> has passed and once after it, and from then
/// on not before length, time or target change: a look at a file that rests opens it and reads nothing.
/// </remarks>
/// <param name="path">The file.</param>
/// <param name="time">The clock.</param>
internal sealed class FileWatch(string path, TimeProvider time)
{
    /// <summary>No clock of files ticks slower: FAT's does every two seconds.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private const int BufferBytes = 16 * 1024;

    private FileStamp _last;
    private long _firstSeen;
    private bool _isSettled;

    /// <summary>Looks. Symbolic links are followed, those of folders on the way included, as Kubernetes mounts a ConfigMap.</summary>
    public FileStamp Look()
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var now = new FileStamp(Exists: true, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle), TargetOf(handle), _last.Content);
            if (now != _last) (_firstSeen, _isSettled) = (time.GetTimestamp(), false);
            if (!_isSettled)
            {
                _isSettled = time.GetElapsedTime(_firstSeen) > Tick;
                now = now with { Content = HashOf(handle) };
            }

            _last = now;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _last = default;
        }

        return _last;
    }

    private static UInt128 HashOf(SafeFileHandle handle)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        int count;
        for (long at = 0; (count = RandomAccess.Read(handle, buffer, at)) > 0; at += count) hash.AppendData(buffer, 0, count);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
    }

    // Links of folders on the way are resolved by the kernel only; it tells where an open file really is.
    private static string? TargetOf(SafeFileHandle handle) =>
        OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget : null;
}
