using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Net2Secure.Routing.Caching;

/// <summary>Names of the values in the shared store. Keys of responses are hashed: they may be of any length and may hold secrets.</summary>
internal sealed class DistributedKeys(string prefix)
{
    /// <summary>The processes that share the store.</summary>
    public string Processes { get; } = prefix + "processes";

    public string Stamp(Guid process) => $"{prefix}s:{process:N}";

    public string LastingPurges(Guid process) => $"{prefix}l:{process:N}";

    public string PassingPurges(Guid process) => $"{prefix}p:{process:N}";

    /// <summary>What is stored under a key, without bodies.</summary>
    public string Index(CacheKey key) => $"{prefix}i:{HashOf(key)}";

    /// <summary>When a key was last removed.</summary>
    public string Removal(CacheKey key) => $"{prefix}r:{HashOf(key)}";

    /// <summary>When a URI was last removed from all partitions.</summary>
    public string Removal(string uri) => $"{prefix}u:{Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(uri)))}";

    /// <summary>A part of a body.</summary>
    public string Body(Guid id, int part) => string.Create(CultureInfo.InvariantCulture, $"{prefix}b:{id:N}:{part}");

    /// <summary>SHA-256 of the length of the partition, the partition and the URI: no two keys have one in practice, and where they had, the key itself stands in the value and is compared.</summary>
    public static byte[] HashBytesOf(CacheKey key) =>
        SHA256.HashData(Encoding.Unicode.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key.Partition.Length} {key.Partition}{key.Uri}")));

    private static string HashOf(CacheKey key) => Convert.ToHexStringLower(HashBytesOf(key));
}
