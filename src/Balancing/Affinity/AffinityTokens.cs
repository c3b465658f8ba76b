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
/// A dated token has the time of its issue behind that, signed as well: 64 characters, whose signature is computed once per request that brings one. Both are read, whichever is issued.
/// </remarks>
internal sealed class AffinityTokens
{
    /// <summary>Characters of a token.</summary>
    public const int Length = 32;

    private const int Size = 24;
    private const int IndexSize = 8;
    private const int TimeSize = 6;
    private const int DatedSize = 48;
    private const int DatedLength = 64;

    private readonly FrozenDictionary<ulong, Entry> _byIndex;
    private readonly FrozenDictionary<Destination, string> _byDestination;
    private readonly byte[] _secret;
    private readonly SlidingLifetime? _lifetime;

    /// <summary>Computes the tokens.</summary>
    /// <param name="secrets">The secrets, the one to sign with first.</param>
    /// <param name="destinations">The destinations.</param>
    /// <param name="lifetime">How long what is issued lives, if not for ever.</param>
    public AffinityTokens(IReadOnlyList<byte[]> secrets, IReadOnlyList<Destination> destinations, SlidingLifetime? lifetime = null)
    {
        _secret = secrets[0];
        _lifetime = lifetime;
        var entries = new Dictionary<ulong, Entry>();
        var tokens = new Dictionary<Destination, string>();
        for (var i = 0; i < secrets.Count; i++)
        {
            foreach (var destination in destinations)
            {
                var token = Sign(secrets[i], destination);
                entries.TryAdd(BinaryPrimitives.ReadUInt64LittleEndian(token), new Entry(destination, token[IndexSize..], secrets[i], IsOutdated: i > 0));
                if (i == 0) tokens[destination] = Base64Url.EncodeToString(token);
            }
        }

        _byIndex = entries.ToFrozenDictionary();
        _byDestination = tokens.ToFrozenDictionary();
    }

    /// <summary>The token to issue for a destination, or <see langword="null"/> for one that is not among those of the table.</summary>
    public string? Of(Destination destination) => _byDestination.GetValueOrDefault(destination);

    /// <summary>The same with the present time.</summary>
    public string? Dated(Destination destination)
    {
        if (Of(destination) is not { } text || _lifetime is null) return null;
        Span<byte> token = stackalloc byte[DatedSize];
        Base64Url.DecodeFromChars(text, token);
        WriteTime(token[Size..], _lifetime.Now);
        SignTime(_secret, token[..(Size + TimeSize)], token[(Size + TimeSize)..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads what a client brought. Any text at all will do.</summary>
    public AffinityMatch Read(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[DatedSize];
        if (text.Length is not (Length or DatedLength) || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written * 4 != text.Length * 3)
            return AffinityMatch.Invalid;
        var token = bytes[..Size];
        if (!_byIndex.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(token), out var entry) || !CryptographicOperations.FixedTimeEquals(token[IndexSize..], entry.Proof))
            return AffinityMatch.Unknown;
        if (text.Length == Length) return AffinityMatch.Of(entry.Destination) with { IsOutdated = entry.IsOutdated || _lifetime is not null };
        Span<byte> proof = stackalloc byte[DatedSize - Size - TimeSize];
        SignTime(entry.Secret, bytes[..(Size + TimeSize)], proof);
        if (!CryptographicOperations.FixedTimeEquals(proof, bytes[(Size + TimeSize)..])) return AffinityMatch.Invalid;
        return AffinityMatch.Of(entry.Destination) with { IsOutdated = entry.IsOutdated || _lifetime?.IsHalfOver(ReadTime(bytes[Size..])) == true };
    }

    // Names are compared without regard to case, and proxies may spell them differently. The length keeps two pairs of names from running into one.
    private static byte[] Sign(byte[] secret, Destination destination)
    {
        var names = $"net2-affinity-1\n{destination.ClusterId.Length}\n{destination.ClusterId.ToUpperInvariant()}\n{destination.Id.ToUpperInvariant()}";
        return HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(names))[..Size];
    }

    private static void SignTime(byte[] secret, ReadOnlySpan<byte> token, Span<byte> proof)
    {
        var use = "net2-affinity-time-1\n"u8;
        Span<byte> text = stackalloc byte[use.Length + token.Length];
        use.CopyTo(text);
        token.CopyTo(text[use.Length..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, text, hash);
        hash[..proof.Length].CopyTo(proof);
    }

    private static void WriteTime(Span<byte> target, long time)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)(time >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(target[2..], (uint)time);
    }

    private static long ReadTime(ReadOnlySpan<byte> source) => ((long)BinaryPrimitives.ReadUInt16BigEndian(source) << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[2..]);

    private sealed record Entry(Destination Destination, byte[] Proof, byte[] Secret, bool IsOutdated);
}
