using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Tls;

/// <summary>Lists of revoked certificates are read as they were made, and one that is not whole, not signed, or not understood is none.</summary>
public sealed class RevocationListTests : IDisposable
{
    private static readonly DateTimeOffset Next = new(2035, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly X509Certificate2 _authority = TestCertificates.Authority("authority");
    private readonly X509Certificate2 _other = TestCertificates.Authority("authority");
    private readonly X509Certificate2 _bad;
    private readonly X509Certificate2 _good;

    public RevocationListTests() => (_bad, _good) = (TestCertificates.IssuedBy(_authority, "bad"), TestCertificates.IssuedBy(_authority, "good"));

    public void Dispose()
    {
        foreach (var certificate in (X509Certificate2[])[_authority, _other, _bad, _good]) certificate.Dispose();
    }

    [Fact]
    public void Parse_AListOfThePlatforms_SaysWhoIsRevokedAndUntilWhenItHolds()
    {
        var list = RevocationList.Parse(TestCertificates.RevocationList(_authority, Next, _bad));

        Assert.Equal(("CN=authority", Next, 1), (list.Issuer, list.NextUpdate, list.Count));
        Assert.True(list.Holds(_bad));
        Assert.False(list.Holds(_good));
        Assert.True(list.IsSignedBy(_authority));
    }

    [Fact]
    public void IsSignedBy_AnAuthorityOfTheSameNameOrWithoutTheRight_IsFalse()
    {
        var list = RevocationList.Parse(TestCertificates.RevocationList(_authority, Next));
        Assert.False(list.IsSignedBy(_other));

        using var key = RSA.Create(2048);
        Assert.True(SignedBy(key, X509KeyUsageFlags.CrlSign));
        Assert.False(SignedBy(key, X509KeyUsageFlags.KeyCertSign));
    }

    [Fact]
    public void Parse_WithAnyOctetChanged_IsNoListOrNotSigned()
    {
        var good = TestCertificates.RevocationList(_authority, Next, _bad);
        for (var at = 0; at < good.Length; at++)
        {
            byte[] changed = [.. good];
            changed[at] ^= 0x41;
            var isTaken = false;
            try
            {
                isTaken = RevocationList.Parse(changed).IsSignedBy(_authority);
            }
            catch (Exception e) when (e is AsnContentException or CryptographicException)
            {
                // Refused by the exceptions by which it may be.
            }

            Assert.False(isTaken, $"octet {at}");
        }
    }

    [Fact]
    public void Parse_CutAnywhereOrWithMoreBehind_IsNoList()
    {
        var good = TestCertificates.RevocationList(_authority, Next, _bad);
        for (var length = 0; length < good.Length; length++) Assert.ThrowsAny<AsnContentException>(() => RevocationList.Parse(good.AsMemory(0, length)));
        Assert.ThrowsAny<AsnContentException>(() => RevocationList.Parse((byte[])[.. good, 0]));
    }

    [Theory]
    [InlineData("2.5.29.27", true, false)] // a difference to another list
    [InlineData("2.5.29.28", true, false)] // for some of the certificates, or for those of others
    [InlineData("2.5.29.28", false, true)]
    [InlineData("2.5.29.20", true, true)] // its number
    public void Parse_ACriticalExtensionThatIsNotKnown_IsRefused(string extension, bool isCritical, bool isTaken)
    {
        var list = Write(extension, isCritical);
        if (isTaken) Assert.True(RevocationList.Parse(list).IsSignedBy(_authority));
        else Assert.Contains("critical extension", Assert.Throws<CryptographicException>(() => RevocationList.Parse(list)).Message, StringComparison.Ordinal);
    }

    private static bool SignedBy(RSA key, X509KeyUsageFlags usage)
    {
        var request = new CertificateRequest("CN=rsa", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var maker = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, Next);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, Next);
        var list = new CertificateRevocationListBuilder().Build(maker, 1, Next, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        return RevocationList.Parse(list).IsSignedBy(authority);
    }

    /// <summary>A list without entries and with one extension (RFC 5280 §5.1).</summary>
    private byte[] Write(string extension, bool isCritical)
    {
        var content = new AsnWriter(AsnEncodingRules.DER);
        using (content.PushSequence())
        {
            content.WriteInteger(1);
            WriteAlgorithm(content);
            content.WriteEncodedValue(_authority.SubjectName.RawData);
            content.WriteUtcTime(DateTimeOffset.UnixEpoch.AddYears(30));
            using (content.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (content.PushSequence())
            using (content.PushSequence())
            {
                content.WriteObjectIdentifier(extension);
                if (isCritical) content.WriteBoolean(true);
                content.WriteOctetString([2, 1, 1]);
            }
        }

        using var key = _authority.GetECDsaPrivateKey()!;
        var all = new AsnWriter(AsnEncodingRules.DER);
        using (all.PushSequence())
        {
            all.WriteEncodedValue(content.Encode());
            WriteAlgorithm(all);
            all.WriteBitString(key.SignData(content.Encode(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        return all.Encode();
    }

    private static void WriteAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence()) writer.WriteObjectIdentifier("1.2.840.10045.4.3.2");
    }
}
