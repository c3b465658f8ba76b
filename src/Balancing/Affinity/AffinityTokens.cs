using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Net2Secure.Routing.Balancing;

/// <summary>The signed names of the destinations: what clients carry around. Immutable, computed once per configuration.</summary>
/// <remarks>
/// A token is HMAC-SHA256 (RFC 2104) over the names of cluster and destination, cut to 192 bits, in base64url (RFC 4648 §5): 32 characters. Whoever has the secret finds it again in any process
/// and after any restart; who has not learns nothing of the destination from it, and cannot make another. The first 64 bits serve to look it up, the other 128 are compared in
/// constant time. All clients of a destination carry the same token, so nothing has to be computed while requests are served.
/// </remarks>
internal sealed class AffinityTokens
{
    /// <summary>Characters of a token.</summary>
    public const int Length = 32;

    private const int Size = 24;
    private const int IndexSize = 8;

    private readonly FrozenDictionary<ulong, Entry> _byIndex;
    private readonly FrozenDictionary<Destination, string> _byDestination;

    public AffinityTokens(IReadOnlyList<byte[]> secrets, IReadOnlyList<Destination> destinations)
    {
        var entries = new Dictionary<ulong, Entry>();
        var tokens = new Dictionary<Destination, string>();
        for (var i = 0; i < secrets.Count; i++)
        {
            foreach (var destination in destinations)
            {
                var token = Sign(secrets[i], destination);
                entries.TryAdd(BinaryPrimitives.ReadUInt64LittleEndian(token), new Entry(destination, token[IndexSize..], IsOutdated: i > 0));
                if (i == 0) tokens[destination] = Base64Url.EncodeToString(token);
            }
        }

        _byIndex = entries.ToFrozenDictionary();
        _byDestination = tokens.ToFrozenDictionary();
    }

    /// <summary>The token to issue for a destination, or <see langword="null"/> for one that is not among those of the table.</summary>
    public string? Of(Destination destination) => _byDestination.GetValueOrDefault(destination);

    /// <summary>Reads what a client brought. Any text at all will do.</summary>
    public AffinityMatch Read(ReadOnlySpan<char> text)
    {
        Span<byte> token = stackalloc byte[Size];
        if (text.Length != Length || Base64Url.DecodeFromChars(text, token, out _, out var written) != OperationStatus.Done || written != Size) return AffinityMatch.Invalid;
        return _byIndex.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(token), out var entry) && CryptographicOperations.FixedTimeEquals(token[IndexSize..], entry.Proof)
            ? AffinityMatch.Of(entry.Destination) with { IsOutdated = entry.IsOutdated }
            : AffinityMatch.Unknown;
    }

    // Names are compared without regard to case, and proxies may spell them differently. The length keeps two pairs of names from running into one.
    private static byte[] Sign(byte[] secret, Destination destination)
    {
        var names = $"net2-affinity-1\n{destination.ClusterId.Length}\n{destination.ClusterId.ToUpperInvariant()}\n{destination.Id.ToUpperInvariant()}";
        return HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(names))[..Size];
    }

    private sealed record Entry(Destination Destination, byte[] Proof, bool IsOutdated);
}
