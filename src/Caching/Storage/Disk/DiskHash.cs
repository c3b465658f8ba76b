using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Net2Secure.Routing.Caching;

/// <summary>Names things by their hashes. What they are stands in the file, and is compared: two with one hash push each other out and are never taken for one another.</summary>
/// <param name="hash">The hash of a text.</param>
internal sealed class DiskHash(Func<string, ulong> hash)
{
    /// <summary>The first bytes of SHA-256: nobody finds keys that push out those of others.</summary>
    public static DiskHash Sha256 { get; } = new(static text =>
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    });

    public ulong UriOf(string uri) => hash(uri);

    public ulong KeyOf(CacheKey key) => hash($"{key.Partition}\n{key.Uri}");

    public ulong VariantOf(string variant) => hash(variant);

    /// <summary>Two bits for each tag. What has a tag has its bits; what has the bits probably has the tag.</summary>
    public ulong TagsOf(IReadOnlyList<string> tags)
    {
        var bits = 0UL;
        for (var i = 0; i < tags.Count; i++)
        {
            var one = hash(tags[i]);
            bits |= (1UL << (int)(one & 63)) | (1UL << (int)((one >> 6) & 63));
        }

        return bits;
    }
}
