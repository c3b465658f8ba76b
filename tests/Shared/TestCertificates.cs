using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Testing;

/// <summary>Certificates for tests, valid for this machine and for as long as a test takes.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static X509Certificate2 SelfSigned(string name, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(name, key, isAuthority: false).CreateSelfSigned(Now.AddDays(-10), notAfter ?? Now.AddDays(10));
    }

    /// <summary>A certificate, the intermediate that signed it, and the root that signed that.</summary>
    public static (X509Certificate2 Leaf, X509Certificate2 Intermediate, X509Certificate2 Root) Chain(string name)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = Request("root", rootKey, isAuthority: true).CreateSelfSigned(Now.AddDays(-10), Now.AddDays(10));
        var intermediate = Issue("intermediate", root, isAuthority: true);
        return (Issue(name, intermediate, isAuthority: false), intermediate, root);
    }

    /// <summary>A certificate for some names; the key is of the kind that is asked for.</summary>
    public static X509Certificate2 For(bool isRsa, params string[] names) => For(isRsa, Now.AddDays(-10), Now.AddDays(10), names);

    /// <summary>The same, with the time for which it is valid.</summary>
    public static X509Certificate2 For(bool isRsa, DateTimeOffset notBefore, DateTimeOffset notAfter, params string[] names)
    {
        using AsymmetricAlgorithm key = isRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN={names[0]}");
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names) alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        return request.CreateSelfSigned(notBefore, notAfter);
    }

    /// <summary>An authority of its own.</summary>
    public static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(name, key, isAuthority: true).CreateSelfSigned(Now.AddDays(-10), Now.AddDays(10));
    }

    /// <summary>A certificate that an authority has given out.</summary>
    public static X509Certificate2 IssuedBy(X509Certificate2 authority, string name) => Issue(name, authority, isAuthority: false);

    /// <summary>The same, with the place where the authority tells which certificates it has revoked.</summary>
    public static X509Certificate2 IssuedBy(X509Certificate2 authority, string name, Uri revocations) =>
        Issue(name, authority, isAuthority: false, CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([revocations.ToString()]));

    /// <summary>An authority below another one.</summary>
    public static X509Certificate2 AuthorityBelow(X509Certificate2 authority, string name) => Issue(name, authority, isAuthority: true);

    /// <summary>The list of certificates that an authority has revoked, in DER.</summary>
    public static byte[] RevocationList(X509Certificate2 authority, DateTimeOffset? nextUpdate = null, params IEnumerable<X509Certificate2> revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked) list.AddEntry(certificate, Now.AddDays(-2), X509RevocationReason.KeyCompromise);
        return list.Build(authority, 1, nextUpdate ?? Now.AddDays(5), HashAlgorithmName.SHA256, thisUpdate: Now.AddDays(-3));
    }

    /// <summary>Certificate and key in one text.</summary>
    public static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n" + KeyPem(certificate) + "\n";

    public static string KeyPem(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    public static string EncryptedKeyPem(X509Certificate2 certificate, string password)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    private static X509Certificate2 Issue(string name, X509Certificate2 issuer, bool isAuthority, X509Extension? extension = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority);
        if (extension is not null) request.CertificateExtensions.Add(extension);
        using var issued = request.Create(issuer, Now.AddDays(-9), Now.AddDays(9), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        if (isAuthority) return request;
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
