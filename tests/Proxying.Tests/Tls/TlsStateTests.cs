using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Acme;
using Net2Secure.Routing.Proxying.Tests.Configuration;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Tls;

/// <summary>What becomes of certificates whose files change.</summary>
public sealed class TlsStateTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly Net2Secure.Routing.Testing.TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly RecordedLog _log = new();
    private readonly TlsOptions _options = new();
    private TlsState? _state;

    public void Dispose()
    {
        _state?.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void PairThatChanges_ServesOnceItIsAtRest()
    {
        using var first = Write("shop", "shop.example");
        Start(("default", Named("shop")));

        using var second = Write("shop", "shop.example");
        Assert.Equal(first.Thumbprint, Served("shop.example"));
        _time.Advance(Look);
        Assert.Equal(first.Thumbprint, Served("shop.example"));
        _time.Advance(Look);

        Assert.Equal(second.Thumbprint, Served("shop.example"));
        Assert.Contains(_log.Messages, m => m.Contains("'default'", StringComparison.Ordinal) && m.Contains("serves", StringComparison.Ordinal));
    }

    [Fact]
    public void PairOfWhichOneHalfChanges_IsRefusedAsAWholeAndToldOfOnce_AndTakenWhenTheOtherFollows()
    {
        using var first = Write("shop", "shop.example");
        Start(("default", Named("shop")));
        using var second = TestCertificates.For(false, "shop.example");

        _folder.Write("shop.crt", second.ExportCertificatePem());
        for (var i = 0; i < 10; i++) _time.Advance(Look);

        Assert.Equal(first.Thumbprint, Served("shop.example"));
        Assert.Single(_log.Messages, m => m.Contains("is of no use", StringComparison.Ordinal) && m.Contains("does not belong", StringComparison.Ordinal));

        _folder.Write("shop.key", TestCertificates.KeyPem(second));
        _time.Advance(Look * 2);
        Assert.Equal(second.Thumbprint, Served("shop.example"));
    }

    [Fact]
    public void FileThatGoes_LeavesWhatWasInItServing()
    {
        using var first = Write("shop", "shop.example");
        Start(("default", Named("shop")));

        File.Delete(Path.Combine(_folder.Path, "shop.crt"));
        _time.Advance(Look * 3);

        Assert.Equal(first.Thumbprint, Served("shop.example"));
        Assert.Single(_log.Messages, m => m.Contains("shop.crt", StringComparison.Ordinal));
    }

    [Fact]
    public void Replacement_KeepsThePoliciesOfOthers()
    {
        using var shop = Write("shop", "shop.example");
        using var blog = Write("blog", "blog.example");
        Start(("a", Named("shop")), ("b", Named("blog")));
        var before = Policy("blog.example").Certificate;

        using var changed = Write("shop", "shop.example");
        _time.Advance(Look * 2);

        Assert.Equal(changed.Thumbprint, Served("shop.example"));
        Assert.Same(before, Policy("blog.example").Certificate);
    }

    [Fact]
    public void Folder_IsReadByTheNamesOfToolsAndPeople()
    {
        using var pem = TestCertificates.For(false, "pem.example");
        _folder.Write("one.pem", TestCertificates.Pem(pem));
        using var pair = Write("tls", "pair.example");
        using var pfx = TestCertificates.For(true, "pfx.example");
        _folder.Write("two.pfx", pfx.Export(X509ContentType.Pfx)!);
        using var live = TestCertificates.For(false, "live.example");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "live.example"));
        _folder.Write("live.example/fullchain.pem", live.ExportCertificatePem());
        _folder.Write("live.example/privkey.pem", TestCertificates.KeyPem(live));
        _folder.Write("README", "nothing of ours");
        _folder.Write(".half.pem", "nothing of ours");
        _options.Directory = _folder.Path;

        Start();

        Assert.Equal(
            [pem.Thumbprint, pair.Thumbprint, pfx.Thumbprint, live.Thumbprint], ((string[])["pem.example", "pair.example", "pfx.example", "live.example"]).Select(Served));
    }

    [Fact]
    public void Folder_WhatComesIsServed_WhatGoesIsNot_WhatIsBrokenIsLeftOut()
    {
        using var first = Write("first", "first.example");
        _options.Directory = _folder.Path;
        _options.StrictSni = true;
        Start();

        using var second = Write("second", "second.example");
        _folder.Write("broken.pem", "nonsense");
        File.Delete(Path.Combine(_folder.Path, "first.crt"));
        _time.Advance(Look * 3);

        Assert.Equal(second.Thumbprint, Served("second.example"));
        Assert.Null(_state!.Current!.Choose(new() { ServerName = "first.example", Signatures = TlsSignatures.Ecdsa }));
        Assert.Single(_log.Messages, m => m.Contains("broken.pem", StringComparison.Ordinal));
    }

    [Fact]
    public void Folder_ThatCannotBeRead_KeepsItsCertificates()
    {
        var inside = Directory.CreateDirectory(Path.Combine(_folder.Path, "certificates")).FullName;
        using var first = TestCertificates.For(false, "shop.example");
        File.WriteAllText(Path.Combine(inside, "shop.pem"), TestCertificates.Pem(first));
        _options.Directory = inside;
        Start();

        Directory.Move(inside, inside + ".old");
        _time.Advance(Look * 4);

        Assert.Equal(first.Thumbprint, Served("shop.example"));
        Assert.Single(_log.Messages, m => m.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public void Folder_WithBrokenFile_KeepsTheServerFromStarting()
    {
        _folder.Write("broken.pem", "nonsense");
        _options.Directory = _folder.Path;

        Assert.Contains("broken.pem", Assert.Throws<OptionsValidationException>(() => Start()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_AllThatIsWrong_IsSaidAtOnce()
    {
        _options.CipherSuites = ["TLS_AES_128_GCM_SHA265"];
        _options.HttpsPort = 0;
        _options.ClientCertificates = new() { Hosts = { ["a:1"] = new() } };

        var message = Assert.Throws<OptionsValidationException>(() => Start(("a", new() { Path = "x.pem", Hosts = { "10.0.0.1" } }))).Message;

        Assert.Contains("TLS_AES_128_GCM_SHA256", message, StringComparison.Ordinal);
        Assert.Contains("Tls:HttpsPort", message, StringComparison.Ordinal);
        Assert.Contains("Tls:ClientCertificates:Hosts:a:1", message, StringComparison.Ordinal);
        Assert.Contains("Tls:Certificates:a:Hosts:0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AuthoritiesThatChange_AreFollowed_AndKeptWhenTheyAreOfNoUse()
    {
        using var shop = Write("shop", "shop.example");
        using var first = TestCertificates.Authority("first");
        using var second = TestCertificates.Authority("second");
        _options.ClientCertificates = new() { Mode = TlsClientCertificateMode.Require, TrustAnchors = _folder.Write("ca.pem", first.ExportCertificatePem()) };
        Start(("default", Named("shop")));

        _folder.Write("ca.pem", "nonsense that is long enough to differ");
        _time.Advance(Look * 2);
        Assert.Equal(first.Thumbprint, Assert.Single(Policy("shop.example").ClientChain!.CustomTrustStore).Thumbprint);

        _folder.Write("ca.pem", second.ExportCertificatePem());
        _time.Advance(Look * 2);
        Assert.Equal(second.Thumbprint, Assert.Single(Policy("shop.example").ClientChain!.CustomTrustStore).Thumbprint);
    }

    [Fact]
    public void CertificatesOfAnAuthority_ServeByTheirHosts_AndBrokenOnesDoNotKeepTheServerFromStarting()
    {
        _options.Acme = new() { Directory = new("https://ca.example/directory"), AcceptTerms = true, Hosts = ["bücher.example", "broken.example"], Storage = _folder.Path };
        var storage = new AcmeStorage(AcmeStorage.FolderOf(_options.Acme, "/"));
        storage.Create();
        using var issued = TestCertificates.For(false, "xn--bcher-kva.example");
        storage.WriteCertificate("xn--bcher-kva.example", TestCertificates.Pem(issued));
        storage.WriteCertificate("broken.example", "nonsense");
        using var former = TestCertificates.For(false, "former.example");
        storage.WriteCertificate("former.example", TestCertificates.Pem(former));
        _options.StrictSni = true;

        Start();

        Assert.Equal(issued.Thumbprint, Served("xn--bcher-kva.example"));
        Assert.Null(_state!.Current!.Choose(new() { ServerName = "former.example", Signatures = TlsSignatures.Ecdsa }));
        Assert.Single(_log.Messages, m => m.Contains("broken.example", StringComparison.Ordinal));
    }

    [Fact]
    public void CertificatesThatComeToAServerWithoutAny_AreAnnouncedAsWithoutEffect()
    {
        Start();
        var notices = new List<ConfigError>();
        using var shop = Write("shop", "shop.example");
        var options = new TlsOptions { Certificates = { ["default"] = new() { Path = Path.Combine(_folder.Path, "shop.crt"), KeyPath = Path.Combine(_folder.Path, "shop.key") } } };

        _state!.Prepare(options, "Net2Proxy:Tls", [], notices);

        Assert.Equal("Net2Proxy:Tls", Assert.Single(notices).Path);
    }

    [Fact]
    public void SettingsWithoutCertificates_AreRefusedWhereThereWereSome()
    {
        using var shop = Write("shop", "shop.example");
        Start(("default", Named("shop")));
        _state!.IsServing = true;
        var errors = new List<ConfigError>();

        _state.Prepare(new TlsOptions(), "Net2Proxy:Tls", errors, []);

        Assert.Equal("Net2Proxy:Tls:Certificates", Assert.Single(errors).Path);
    }

    private static TlsCertificateOptions Named(string name) => new() { Path = name + ".crt", KeyPath = name + ".key" };

    private X509Certificate2 Write(string name, params string[] hosts)
    {
        var certificate = TestCertificates.For(false, hosts);
        _folder.Write(name + ".crt", certificate.ExportCertificatePem());
        _folder.Write(name + ".key", TestCertificates.KeyPem(certificate));
        return certificate;
    }

    private TlsConnectionPolicy Policy(string name) => _state!.Current!.Choose(new() { ServerName = name, Signatures = TlsSignatures.Rsa | TlsSignatures.Ecdsa })!;

    private string Served(string name) => Policy(name).Certificate.TargetCertificate.Thumbprint;

    private void Start(params (string Name, TlsCertificateOptions Options)[] certificates)
    {
        foreach (var (name, options) in certificates)
        {
            if (options.Path.Length > 0 && !Path.IsPathRooted(options.Path)) options.Path = Path.Combine(_folder.Path, options.Path);
            if (options.KeyPath is not null) options.KeyPath = Path.Combine(_folder.Path, options.KeyPath);
            _options.Certificates[name] = options;
        }

        _state = new TlsState([], Options.Create(_options), _time, new Logger<TlsState>(new LoggerFactory([_log])), new NoServices());
        _state.Start();
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
