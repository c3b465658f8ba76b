using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>A list of revoked certificates (RFC 5280 §5) that an authority has signed. Immutable.</summary>
/// <remarks>
/// Read here because the platform reads lists only to make others of them. Whole and direct lists alone: one that is a difference to another, or speaks for another authority, says so by a critical extension, and is refused as
/// §5.2 demands of whoever does not know it.
/// </remarks>
internal sealed class RevocationList
{
    private const int Version2 = 1;
    private const string CrlNumber = "2.5.29.20";
    private const string AuthorityKeyIdentifier = "2.5.29.35";

    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private readonly HashSet<string> _serials = new(StringComparer.Ordinal);
    private byte[] _issuer = [];
    private byte[] _signed = [];
    private byte[] _signature = [];
    private string _algorithm = "";

    private RevocationList()
    {
    }

    /// <summary>The name of the authority.</summary>
    public string Issuer => new X500DistinguishedName(_issuer).Name;

    /// <summary>Until when it holds: by then the authority has made another one. <see langword="null"/>: it does not say, which it should.</summary>
    public DateTimeOffset? NextUpdate { get; private set; }

    /// <summary>How many certificates it names.</summary>
    public int Count => _serials.Count;

    /// <summary>Reads a list, whose signature is still to be verified.</summary>
    /// <exception cref="AsnContentException">It is none.</exception>
    /// <exception cref="CryptographicException">It is one that is not understood here.</exception>
    public static RevocationList Parse(ReadOnlyMemory<byte> encoded)
    {
        var file = new AsnReader(encoded, AsnEncodingRules.DER);
        var all = file.ReadSequence();
        file.ThrowIfNotEmpty();
        var list = new RevocationList { _signed = all.PeekEncodedValue().ToArray() };
        var content = all.ReadSequence();
        var algorithm = all.PeekEncodedValue();
        list._algorithm = all.ReadSequence().ReadObjectIdentifier();
        list._signature = all.ReadBitString(out _);
        all.ThrowIfNotEmpty();
        list.Read(content, algorithm);
        return list;
    }

    /// <summary>Whether the list is for certificates that an authority has given out.</summary>
    public bool IsFor(X509Certificate2 authority) => authority.SubjectName.RawData.AsSpan().SequenceEqual(_issuer);

    /// <summary>Whether an authority has signed it, and may.</summary>
    /// <exception cref="CryptographicException">By an algorithm that is not known here, or not trusted any more.</exception>
    public bool IsSignedBy(X509Certificate2 authority)
    {
        if (!IsFor(authority) || authority.Extensions.OfType<X509KeyUsageExtension>().Any(static u => !u.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign))) return false;
        var (hash, isRsa) = _algorithm switch
        {
            "1.2.840.113549.1.1.11" => (HashAlgorithmName.SHA256, true),
            "1.2.840.113549.1.1.12" => (HashAlgorithmName.SHA384, true),
            "1.2.840.113549.1.1.13" => (HashAlgorithmName.SHA512, true),
            "1.2.840.10045.4.3.2" => (HashAlgorithmName.SHA256, false),
            "1.2.840.10045.4.3.3" => (HashAlgorithmName.SHA384, false),
            "1.2.840.10045.4.3.4" => (HashAlgorithmName.SHA512, false),
            _ => throw new CryptographicException($"It is signed by the algorithm {new Oid(_algorithm).FriendlyName ?? _algorithm}; RSA (PKCS #1) and ECDSA with SHA-256, SHA-384 or SHA-512 are expected."),
        };
        if (isRsa)
        {
            using var rsa = authority.GetRSAPublicKey();
            return rsa?.VerifyData(_signed, _signature, hash, RSASignaturePadding.Pkcs1) == true;
        }

        using var ecdsa = authority.GetECDsaPublicKey();
        return ecdsa?.VerifyData(_signed, _signature, hash, DSASignatureFormat.Rfc3279DerSequence) == true;
    }

    /// <summary>Whether it names a certificate of its authority.</summary>
    public bool Holds(X509Certificate2 certificate) => _serials.Contains(Convert.ToHexString(certificate.SerialNumberBytes.Span));

    private void Read(AsnReader content, ReadOnlyMemory<byte> algorithm)
    {
        if (content.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) && (!content.TryReadInt32(out var version) || version != Version2)) throw new CryptographicException("Its version is not known here.");
        if (!content.ReadEncodedValue().Span.SequenceEqual(algorithm.Span)) throw new CryptographicException("It names two algorithms for its signature.");
        _issuer = content.ReadEncodedValue().ToArray();
        ReadTime(content);
        if (content.HasData && IsTime(content.PeekTag())) NextUpdate = ReadTime(content);
        if (content.HasData && content.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            var revoked = content.ReadSequence();
            while (revoked.HasData) ReadEntry(revoked.ReadSequence());
        }

        if (content.HasData) ReadExtensions(content.ReadSequence(Extensions).ReadSequence(), [CrlNumber, AuthorityKeyIdentifier]);
        content.ThrowIfNotEmpty();
    }

    private void ReadEntry(AsnReader entry)
    {
        _serials.Add(Convert.ToHexString(entry.ReadIntegerBytes().Span));
        ReadTime(entry);
        if (entry.HasData) ReadExtensions(entry.ReadSequence(), []);
        entry.ThrowIfNotEmpty();
    }

    private static void ReadExtensions(AsnReader extensions, ReadOnlySpan<string> known)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var name = extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean() && !known.Contains(name))
                throw new CryptographicException($"It has the critical extension {new Oid(name).FriendlyName ?? name}, which is not known here: whole lists that an authority makes for its own certificates are expected.");
            extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
        }
    }

    private static bool IsTime(Asn1Tag tag) => tag.HasSameClassAndValue(Asn1Tag.UtcTime) || tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime);

    private static DateTimeOffset ReadTime(AsnReader reader) => reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
