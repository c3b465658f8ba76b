using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>By which algorithm an authority has signed a list (RFC 5280 §5.1.1.2): RSA or ECDSA, with a hash that is trusted still. Immutable.</summary>
internal sealed class RevocationListSignature
{
    private const string Pss = "1.2.840.113549.1.1.10";
    private const string MaskGeneration1 = "1.2.840.113549.1.1.8";

    private readonly HashAlgorithmName _hash;
    private readonly RSASignaturePadding? _padding;

    /// <param name="hash">The hash.</param>
    /// <param name="padding">That of RSA; <see langword="null"/> for ECDSA.</param>
    private RevocationListSignature(HashAlgorithmName hash, RSASignaturePadding? padding)
    {
        _hash = hash;
        _padding = padding;
    }

    /// <summary>Reads what the algorithm is.</summary>
    /// <exception cref="AsnContentException">Nothing that names one.</exception>
    /// <exception cref="CryptographicException">One that is not known here, or not trusted any more.</exception>
    public static RevocationListSignature Read(AsnReader algorithm)
    {
        var name = algorithm.ReadObjectIdentifier();
        return name switch
        {
            "1.2.840.113549.1.1.11" => new(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "1.2.840.113549.1.1.12" => new(HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            "1.2.840.113549.1.1.13" => new(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            Pss => ReadPss(algorithm.ReadSequence()),
            "1.2.840.10045.4.3.2" => new(HashAlgorithmName.SHA256, padding: null),
            "1.2.840.10045.4.3.3" => new(HashAlgorithmName.SHA384, padding: null),
            "1.2.840.10045.4.3.4" => new(HashAlgorithmName.SHA512, padding: null),
            _ => throw new CryptographicException($"It is signed by the algorithm {new Oid(name).FriendlyName ?? name}; RSA (PKCS #1 or PSS) and ECDSA with SHA-256, SHA-384 or SHA-512 are expected."),
        };
    }

    /// <summary>Whether an authority's key has signed something.</summary>
    public bool Verify(X509Certificate2 authority, byte[] signed, byte[] signature)
    {
        if (_padding is { } padding)
        {
            using var rsa = authority.GetRSAPublicKey();
            return rsa?.VerifyData(signed, signature, _hash, padding) == true;
        }

        using var ecdsa = authority.GetECDsaPublicKey();
        return ecdsa?.VerifyData(signed, signature, _hash, DSASignatureFormat.Rfc3279DerSequence) == true;
    }

    /// <summary>RFC 4055 §3.1. The platform verifies with one hash for both purposes and a salt as long as it alone.</summary>
    private static RevocationListSignature ReadPss(AsnReader parameters)
    {
        // What is left out is SHA-1, for both purposes, and 20 octets of salt.
        var (hash, octets) = Tagged(parameters, 0) is { } own ? ReadHash(own.ReadSequence()) : (default, 0);
        var (mask, salt) = (default(HashAlgorithmName), 20);
        if (Tagged(parameters, 1) is { } generation)
        {
            var function = generation.ReadSequence();
            if (function.ReadObjectIdentifier() == MaskGeneration1) (mask, _) = ReadHash(function.ReadSequence());
        }

        if (Tagged(parameters, 2) is { } length && !length.TryReadInt32(out salt)) salt = 0;
        // A trailer that is said is another one than that which there is.
        if (hash.Name is null || mask != hash || salt != octets || parameters.HasData)
            throw new CryptographicException("It is signed by RSA-PSS in a way that is not known here: SHA-256, SHA-384 or SHA-512 is expected, for its mask too, and a salt as long as the hash.");
        return new(hash, RSASignaturePadding.Pss);
    }

    private static (HashAlgorithmName Hash, int Octets) ReadHash(AsnReader algorithm) => algorithm.ReadObjectIdentifier() switch
    {
        "2.16.840.1.101.3.4.2.1" => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
        "2.16.840.1.101.3.4.2.2" => (HashAlgorithmName.SHA384, SHA384.HashSizeInBytes),
        "2.16.840.1.101.3.4.2.3" => (HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
        _ => default,
    };

    private static AsnReader? Tagged(AsnReader reader, int number)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true);
        return reader.HasData && reader.PeekTag().HasSameClassAndValue(tag) ? reader.ReadSequence(tag) : null;
    }
}
