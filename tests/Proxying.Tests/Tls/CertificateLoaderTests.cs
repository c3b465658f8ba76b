using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Tls;

public sealed class CertificateLoaderTests : IDisposable
{
    private const string Password = "opens it";

    private readonly TemporaryFolder _folder = new();
    private readonly List<ConfigError> _errors = [];
    private readonly X509Certificate2 _certificate = TestCertificates.SelfSigned("shop.example");

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Load_PemWithItsKey_FindsBoth()
    {
        _folder.Write("both.pem", TestCertificates.Pem(_certificate));

        AssertLoaded(Load(new() { Path = "both.pem" }));
    }

    [Fact]
    public void Load_PemAndKeyInFilesOfTheirOwn_FindsBoth()
    {
        _folder.Write("shop.crt", _certificate.ExportCertificatePem());
        _folder.Write("shop.key", TestCertificates.KeyPem(_certificate));

        AssertLoaded(Load(new() { Path = "shop.crt", KeyPath = "shop.key" }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_PemWithEncryptedKey_TakesThePassword(bool inOneFile)
    {
        var key = TestCertificates.EncryptedKeyPem(_certificate, Password);
        _folder.Write("shop.pem", _certificate.ExportCertificatePem() + "\n" + (inOneFile ? key : ""));
        _folder.Write("shop.key", key);

        AssertLoaded(Load(new() { Path = "shop.pem", KeyPath = inOneFile ? null : "shop.key", Password = Password }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Password)]
    public void Load_Pfx_IsToldByItsContent(string? password)
    {
        _folder.Write("shop.crt", _certificate.Export(X509ContentType.Pfx, password));

        AssertLoaded(Load(new() { Path = "shop.crt", Password = password }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_WithIntermediates_KeepsThem(bool asPfx)
    {
        var (leaf, intermediate, root) = TestCertificates.Chain("shop.example");
        if (asPfx) _folder.Write("chain", new X509Certificate2Collection { leaf, X509CertificateLoader.LoadCertificate(intermediate.RawData) }.Export(X509ContentType.Pfx)!);
        else _folder.Write("chain", TestCertificates.Pem(leaf) + intermediate.ExportCertificatePem() + "\n");

        var loaded = Load(new() { Path = "chain" });

        Assert.Equal("CN=shop.example", loaded?.Certificate.Subject);
        Assert.True(loaded?.Certificate.HasPrivateKey);
        Assert.Equal(intermediate.Thumbprint, Assert.Single(loaded!.Intermediates).Thumbprint);
        root.Dispose();
    }

    [Fact]
    public void Load_WithoutPath_SaysThatOneIsNeeded()
    {
        AssertRefused(new(), "Tls:Certificates:shop:Path", "needs the path");
    }

    [Fact]
    public void Load_FileThatIsMissing_NamesIt()
    {
        AssertRefused(new() { Path = "missing.pem" }, "Tls:Certificates:shop:Path", "missing.pem");
    }

    [Fact]
    public void Load_KeyFileThatIsMissing_NamesIt()
    {
        _folder.Write("shop.pem", _certificate.ExportCertificatePem());

        AssertRefused(new() { Path = "shop.pem", KeyPath = "missing.key" }, "Tls:Certificates:shop:KeyPath", "missing.key");
    }

    [Fact]
    public void Load_BothFilesMissing_SaysSoOfBoth()
    {
        Load(new() { Path = "missing.pem", KeyPath = "missing.key" });

        Assert.Equal(["Tls:Certificates:shop:Path", "Tls:Certificates:shop:KeyPath"], _errors.Select(e => e.Path));
    }

    [Fact]
    public void Load_EmptyFile_IsRefused()
    {
        _folder.Write("empty.pem", "");

        AssertRefused(new() { Path = "empty.pem" }, "Tls:Certificates:shop:Path", "0 bytes");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public void Load_PfxWithTheWrongPassword_SaysThatThePasswordIsWrong(string? password)
    {
        _folder.Write("shop.pfx", _certificate.Export(X509ContentType.Pfx, Password));

        AssertRefused(new() { Path = "shop.pfx", Password = password }, "Tls:Certificates:shop:Password", "password");
    }

    [Fact]
    public void Load_KeyWithTheWrongPassword_SaysThatThePasswordIsWrong()
    {
        _folder.Write("shop.pem", _certificate.ExportCertificatePem() + "\n" + TestCertificates.EncryptedKeyPem(_certificate, Password));

        AssertRefused(new() { Path = "shop.pem", Password = "wrong" }, "Tls:Certificates:shop:Password", "password");
    }

    [Fact]
    public void Load_EncryptedKeyWithoutPassword_SaysThatOneIsNeeded()
    {
        _folder.Write("shop.pem", _certificate.ExportCertificatePem() + "\n" + TestCertificates.EncryptedKeyPem(_certificate, Password));

        AssertRefused(new() { Path = "shop.pem" }, "Tls:Certificates:shop:Password", "password");
    }

    [Fact]
    public void Load_KeyOfAnotherCertificate_SaysThatTheyDoNotMatch()
    {
        using var other = TestCertificates.SelfSigned("other.example");
        _folder.Write("shop.pem", _certificate.ExportCertificatePem());
        _folder.Write("other.key", TestCertificates.KeyPem(other));

        AssertRefused(new() { Path = "shop.pem", KeyPath = "other.key" }, "Tls:Certificates:shop:KeyPath", "does not belong");
    }

    [Fact]
    public void Load_CertificateWithoutKey_SaysThatTheKeyIsMissing()
    {
        _folder.Write("shop.pem", _certificate.ExportCertificatePem());

        AssertRefused(new() { Path = "shop.pem" }, "Tls:Certificates:shop:KeyPath", "private key");
    }

    [Fact]
    public void Load_PfxWithoutKey_SaysThatTheKeyIsMissing()
    {
        using var bare = X509CertificateLoader.LoadCertificate(_certificate.RawData);
        _folder.Write("shop.pfx", bare.Export(X509ContentType.Pfx));

        AssertRefused(new() { Path = "shop.pfx" }, "Tls:Certificates:shop:Path", "private key");
    }

    [Fact]
    public void Load_Nonsense_IsRefused()
    {
        _folder.Write("shop.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");

        AssertRefused(new() { Path = "shop.pem" }, "Tls:Certificates:shop:Path", "no usable certificate");
    }

    private void AssertLoaded(LoadedCertificate? loaded)
    {
        Assert.Empty(_errors);
        Assert.Equal(_certificate.Thumbprint, loaded?.Certificate.Thumbprint);
        Assert.True(loaded?.Certificate.HasPrivateKey);
        Assert.Empty(loaded!.Intermediates);
    }

    private void AssertRefused(TlsCertificateOptions options, string path, string reason)
    {
        Assert.Null(Load(options));
        var error = Assert.Single(_errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Password, error.Message, StringComparison.Ordinal);
    }

    private LoadedCertificate? Load(TlsCertificateOptions options) => CertificateLoader.Load(options, _folder.Path, "Tls:Certificates:shop", _errors);
}
