using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Integration.Peers;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>Lists of revoked certificates that OpenSSL has signed with RSA, as an authority's tools do.</summary>
public sealed class RevocationListSignatureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sha256", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest", true)]
    [InlineData("sha384", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest", true)]
    [InlineData("sha512", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest", true)]
    [InlineData("sha256", "", true)]
    [InlineData("sha256", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20", false)]
    [InlineData("sha256", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max", false)]
    [InlineData("sha256", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sigopt rsa_mgf1_md:sha1", false)]
    [InlineData("sha1", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest", false)]
    [InlineData("sha1", "", false)]
    public async Task List_IsTaken_WhereItsAlgorithmIsKnownAndTrusted(string hash, string options, bool isTaken)
    {
        using var authority = await AuthorityAsync();
        var list = await ListAsync(hash, options);

        if (!isTaken)
        {
            Assert.Contains("It is signed by", Assert.Throws<CryptographicException>(() => RevocationList.Parse(list)).Message, StringComparison.Ordinal);
            return;
        }

        var read = RevocationList.Parse(list);
        Assert.True(read.IsSignedBy(authority));
        Assert.Equal(1, read.Count);
        // The last octet of the signature is another one.
        list[^1] ^= 1;
        Assert.False(RevocationList.Parse(list).IsSignedBy(authority));
    }

    [Fact]
    public async Task List_OfAnotherKey_IsNotTaken()
    {
        using var authority = await AuthorityAsync();
        using (await AuthorityAsync())
        {
            var read = RevocationList.Parse(await ListAsync("sha256", "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"));
            Assert.True(read.IsFor(authority));
            Assert.False(read.IsSignedBy(authority));
        }
    }

    private async Task<X509Certificate2> AuthorityAsync()
    {
        await Tool.RunAsync("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", In("authority.key"), "-out", In("authority.pem"), "-subj", "/CN=authority", "-days", "9");
        return X509CertificateLoader.LoadCertificateFromFile(In("authority.pem"));
    }

    private async Task<byte[]> ListAsync(string hash, string options)
    {
        _folder.Write("index.txt", "R\t350101000000Z\t260101000000Z\t0A\tunknown\t/CN=bad\n");
        _folder.Write("number", "01\n");
        var settings = _folder.Write("ca.cnf", $"[ca]\ndefault_ca = own\n[own]\ndatabase = {In("index.txt")}\ncrlnumber = {In("number")}\n");
        await Tool.RunAsync("openssl", [
            "ca", "-config", settings, "-gencrl", "-keyfile", In("authority.key"), "-cert", In("authority.pem"), "-crldays", "5", "-md", hash, "-out", In("list.pem"),
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        var text = await File.ReadAllTextAsync(In("list.pem"));
        return Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
    }

    private string In(string file) => Path.Combine(_folder.Path, file);
}
