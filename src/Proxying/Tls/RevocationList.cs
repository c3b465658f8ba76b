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
    private readonly RevocationListSignature _algorithm;
    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private byte[] _issuer = [];

    private RevocationList(RevocationListSignature algorithm, byte[] signed, byte[] signature)
    {
        _algorithm = algorithm;
        _signed = signed;
        _signature = signature;
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
        var signed = all.PeekEncodedValue().ToArray();
        var content = all.ReadSequence();
        var algorithm = all.PeekEncodedValue();
        var list = new RevocationList(RevocationListSignature.Read(all.ReadSequence()), signed, all.ReadBitString(out _));
        all.ThrowIfNotEmpty();
        list.Read(content, algorithm);
        return list;
    }

    /// <summary>Whether the list is for certificates that an authority has given out.</summary>
    public bool IsFor(X509Certificate2 authority) => authority.SubjectName.RawData.AsSpan().SequenceEqual(_issuer);

    /// <summary>Whether an authority has signed it, and may.</summary>
    public bool IsSignedBy(X509Certificate2 authority)
    {
        if (!IsFor(authority) || authority.Extensions.OfType<X509KeyUsageExtension>().Any(static u => !u.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign))) return false;
        return _algorithm.Verify(authority, _signed, _signature);
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
