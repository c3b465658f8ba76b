using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Reads the first message of a TLS handshake (RFC 8446 §4.1.2).</summary>
/// <remarks>Reads, and judges nothing: what it cannot read is not there, and the handshake itself will say what is wrong with it.</remarks>
internal static class ClientHelloReader
{
    private const int RecordHeader = 5;
    private const int BeforeSession = 4 + 2 + 32;
    private const int LongestName = 255;
    private const int ServerNameExtension = 0;
    private const int SignatureAlgorithms = 13;
    private const int ApplicationProtocols = 16;
    private const int SupportedVersions = 43;
    private const ushort Tls13 = 0x0304;

    /// <summary>Reads a message.</summary>
    /// <param name="hello">The record with the message, from its first octet.</param>
    /// <param name="local">Where the connection came in.</param>
    public static TlsClientHello Read(in ReadOnlySequence<byte> hello, EndPoint? local = null)
    {
        if (hello.IsSingleSegment) return Read(hello.FirstSpan, local);
        var length = (int)Math.Min(hello.Length, 16 * 1024);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            hello.Slice(0, length).CopyTo(rented);
            return Read(rented.AsSpan(0, length), local);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <inheritdoc cref="Read(in ReadOnlySequence{byte}, EndPoint?)"/>
    public static TlsClientHello Read(ReadOnlySpan<byte> octets, EndPoint? local = null)
    {
        if (octets.Length < RecordHeader + BeforeSession) return default;
        octets = octets[(RecordHeader + BeforeSession)..];
        // Session, cipher suites, compression methods.
        if (!TryTake(ref octets, 1, out _) || !TryTake(ref octets, 2, out var suites) || !TryTake(ref octets, 1, out _)) return default;
        // Of extensions, as much as there is: a message in several records is read up to the end of its first.
        if (octets.Length < 2) return new() { Signatures = TlsSignatures.Rsa };
        octets = octets[2..];
        string? name = null;
        TlsSignatures? signatures = null;
        var (knowsTls13, isChallenge) = (false, false);
        while (octets.Length >= 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
            if (!TryTake(ref octets, 2, out var extension)) break;
            switch (type)
            {
                case ServerNameExtension: name = NameIn(extension); break;
                case SignatureAlgorithms: signatures = SignaturesIn(extension); break;
                case ApplicationProtocols: isChallenge = NamesChallenge(extension); break;
                case SupportedVersions: knowsTls13 = TryTake(ref extension, 1, out var versions) && Has(versions, static version => version == Tls13); break;
            }
        }

        return new() { ServerName = name, Signatures = Usable(signatures, suites, knowsTls13), IsAcmeChallenge = isChallenge, LocalEndPoint = local };
    }

    /// <summary>Below TLS 1.3 the curve is no part of a signature's name, and the cipher suite says what kind of certificate it goes with (RFC 8422 §2).</summary>
    private static TlsSignatures Usable(TlsSignatures? signatures, ReadOnlySpan<byte> suites, bool knowsTls13)
    {
        if (signatures is not { } known) return TlsSignatures.Rsa;
        if (knowsTls13 || (known & TlsSignatures.Ecdsa) == TlsSignatures.None) return known;
        return Has(suites, IsEcdsaSuite) ? known | TlsSignatures.Ecdsa : known & ~TlsSignatures.Ecdsa;
    }

    // ECDHE-ECDSA with AES (CBC, GCM, CCM) and ChaCha20.
    private static bool IsEcdsaSuite(ushort suite) => suite is 0xC009 or 0xC00A or 0xC023 or 0xC024 or 0xC02B or 0xC02C or 0xCCA9 or (>= 0xC0AC and <= 0xC0AF);

    private static TlsSignatures SignaturesIn(ReadOnlySpan<byte> extension)
    {
        var found = TlsSignatures.None;
        if (!TryTake(ref extension, 2, out var list)) return found;
        for (; list.Length >= 2; list = list[2..])
        {
            found |= BinaryPrimitives.ReadUInt16BigEndian(list) switch
            {
                0x0403 => TlsSignatures.EcdsaP256,
                0x0503 => TlsSignatures.EcdsaP384,
                0x0603 => TlsSignatures.EcdsaP521,
                0x0401 or 0x0501 or 0x0601 or 0x0804 or 0x0805 or 0x0806 => TlsSignatures.Rsa,
                _ => TlsSignatures.None,
            };
        }

        return found;
    }

    private static bool Has(ReadOnlySpan<byte> list, Func<ushort, bool> wanted)
    {
        for (; list.Length >= 2; list = list[2..])
        {
            if (wanted(BinaryPrimitives.ReadUInt16BigEndian(list))) return true;
        }

        return false;
    }

    private static bool NamesChallenge(ReadOnlySpan<byte> extension)
    {
        if (!TryTake(ref extension, 2, out var list)) return false;
        while (TryTake(ref list, 1, out var protocol))
        {
            if (protocol.SequenceEqual("acme-tls/1"u8)) return true;
        }

        return false;
    }

    private static string? NameIn(ReadOnlySpan<byte> extension)
    {
        const byte hostName = 0;
        if (!TryTake(ref extension, 2, out var list) || list.IsEmpty || list[0] != hostName) return null;
        list = list[1..];
        if (!TryTake(ref list, 2, out var name) || name.Length > LongestName || !Ascii.IsValid(name)) return null;
        if (name.EndsWith("."u8)) name = name[..^1];
        return name.IsEmpty ? null : string.Create(name.Length, name, static (text, name) => Ascii.ToLower(name, text, out _));
    }

    /// <summary>Takes what a length of so many octets announces.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> octets, int lengthOctets, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (octets.Length < lengthOctets) return false;
        var length = lengthOctets == 1 ? octets[0] : BinaryPrimitives.ReadUInt16BigEndian(octets);
        octets = octets[lengthOctets..];
        if (octets.Length < length) return false;
        taken = octets[..length];
        octets = octets[length..];
        return true;
    }
}
