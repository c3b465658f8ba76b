using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Names in the database, quoted so that they may be any, and numbers of the advisory locks that belong to them.</summary>
internal sealed class PostgresNames
{
    public PostgresNames(string schema, string table)
    {
        Schema = Quote(schema);
        Responses = $"{Schema}.{Quote(table)}";
        Purges = $"{Schema}.{Quote(table + "_purges")}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Responses));
        Lock = BinaryPrimitives.ReadInt64LittleEndian(hash);
        LockClass = BinaryPrimitives.ReadInt32LittleEndian(hash.AsSpan(8));
        Channel = $"net2_{Convert.ToHexStringLower(hash.AsSpan(0, 12))}";
        SetupLock = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Schema)));
        Index = name => Quote($"{table}_{name}");
    }

    public string Schema { get; }

    public string Responses { get; }

    public string Purges { get; }

    /// <summary>Name of an index.</summary>
    public Func<string, string> Index { get; }

    /// <summary>The channel that tells of purges.</summary>
    public string Channel { get; }

    /// <summary>Taken by who purges, shared by who stores, so that nothing is stored beside a purge that has not seen it.</summary>
    public long Lock { get; }

    /// <summary>Taken by who makes tables in the schema, be it others than these.</summary>
    public long SetupLock { get; }

    /// <summary>Taken by who sweeps.</summary>
    public long SweepLock => Lock + 1;

    /// <summary>With a hash of a URI: taken by who stores or removes it.</summary>
    public int LockClass { get; }

    public static byte[] HashOf(CacheKey key) => SHA256.HashData(Encoding.Unicode.GetBytes($"{key.Partition.Length} {key.Partition}{key.Uri}"));

    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.Unicode.GetBytes(text));

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
