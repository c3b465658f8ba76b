using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Tls;

public sealed class TlsTableTests
{
    private const TlsSignatures Any = TlsSignatures.Rsa | TlsSignatures.Ecdsa;

    private readonly TlsOptions _options = new();

    [Theory]
    [InlineData("shop.example", "shop.example")]
    [InlineData("a.blog.example", "*.blog.example")]
    [InlineData("exact.blog.example", "exact.blog.example")]
    [InlineData("blog.example", "localhost")]
    [InlineData("b.a.blog.example", "localhost")]
    [InlineData("unknown.example", "localhost")]
    [InlineData(null, "localhost")]
    [InlineData(".", "localhost")]
    public void Choose_ByName_TakesTheExactThenTheWildcardThenTheDefault(string? asked, string expected)
    {
        var table = Table(
            Served("shop", false, "shop.example"), Served("blog", false, "*.blog.example"), Served("exact", false, "exact.blog.example"), Served("default", false, "localhost"));

        Assert.Equal("CN=" + expected, Subject(table.Choose(new() { ServerName = asked, Signatures = Any })));
    }

    [Theory]
    [InlineData("shop.example", true)]
    [InlineData("unknown.example", false)]
    [InlineData(null, false)]
    public void Choose_StrictSni_RefusesWhatNoCertificateIsFor(string? asked, bool isServed)
    {
        _options.StrictSni = true;

        Assert.Equal(isServed, Table(Served("default", false, "shop.example")).Choose(new() { ServerName = asked, Signatures = Any }) is not null);
    }

    [Theory]
    [InlineData(TlsSignatures.Rsa | TlsSignatures.EcdsaP256, false)]
    [InlineData(TlsSignatures.Rsa, true)]
    [InlineData(TlsSignatures.EcdsaP256, false)]
    [InlineData(TlsSignatures.EcdsaP384, true)]
    [InlineData(TlsSignatures.None, true)]
    public void Choose_BothKinds_TakesEcdsaWhereTheClientCanVerifyIt(TlsSignatures signatures, bool isRsa)
    {
        var table = Table(Served("a", false, "shop.example"), Served("b", true, "shop.example"));

        var byName = table.Choose(new() { ServerName = "shop.example", Signatures = signatures })!;
        var byDefault = table.Choose(new() { Signatures = signatures })!;

        using var rsa = byName.Certificate.TargetCertificate.GetRSAPublicKey();
        Assert.Equal(isRsa, rsa is not null);
        Assert.Same(byName, byDefault);
    }

    [Fact]
    public void Choose_AgainForTheSame_GivesTheSamePolicy()
    {
        var table = Table(Served("default", false, "shop.example"));

        Assert.Same(table.Choose(new() { ServerName = "shop.example", Signatures = Any }), table.Choose(new() { ServerName = "other.example", Signatures = Any }));
    }

    [Fact]
    public void Choose_TwoOfAKindForAName_TakesTheOneThatTheUserNamedThenTheOneThatEndsLast()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var early = TestCertificates.For(false, now.AddDays(-2), now.AddDays(2), "shop.example", "early.example");
        using var late = TestCertificates.For(false, now.AddDays(-2), now.AddDays(20), "shop.example", "late.example");
        using var named = TestCertificates.For(false, now.AddDays(-2), now.AddDays(1), "else.example");

        var byTime = Table(new ServedCertificate("a", new(late, []), [], false), new ServedCertificate("b", new(early, []), [], false));
        var byUser = Table(new ServedCertificate("a", new(late, []), [], false), new ServedCertificate("c", new(named, []), ["Shop.Example"], false));

        Assert.Equal(late.Thumbprint, byTime.Choose(new() { ServerName = "shop.example", Signatures = Any })!.Certificate.TargetCertificate.Thumbprint);
        Assert.Equal(named.Thumbprint, byUser.Choose(new() { ServerName = "shop.example", Signatures = Any })!.Certificate.TargetCertificate.Thumbprint);
        Assert.Equal(late.Thumbprint, byUser.Choose(new() { ServerName = "else.example", Signatures = Any })!.Certificate.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Choose_RulesOnClientsByHost_AreThoseOfTheNameAskedFor()
    {
        _options.ClientCertificates = new() { Mode = TlsClientCertificateMode.Request };
        _options.ClientCertificates.Hosts["admin.shop.example"] = new() { Mode = TlsClientCertificateMode.Require };
        _options.ClientCertificates.Hosts["*.open.example"] = new() { Mode = TlsClientCertificateMode.None };
        var table = Table(Served("default", false, "*.shop.example"));

        var admin = table.Choose(new() { ServerName = "admin.shop.example", Signatures = Any })!;
        var other = table.Choose(new() { ServerName = "www.shop.example", Signatures = Any })!;

        Assert.Equal(TlsClientCertificateMode.Require, admin.ClientCertificates);
        Assert.Equal(TlsClientCertificateMode.Request, other.ClientCertificates);
        Assert.Equal(TlsClientCertificateMode.None, table.Choose(new() { ServerName = "a.open.example", Signatures = Any })!.ClientCertificates);
        // Tickets of one are worth nothing to the other.
        Assert.NotSame(admin.Certificate, other.Certificate);
    }

    [Fact]
    public void Choose_OnceItHasChosen_AllocatesNothing()
    {
        var table = Table(Served("default", false, "*.shop.example"), Served("exact", true, "a.shop.example"));
        TlsClientHello[] hellos = [new() { ServerName = "a.shop.example", Signatures = Any }, new() { ServerName = "b.shop.example", Signatures = Any }, new()];
        foreach (var hello in hellos) Assert.NotNull(table.Choose(hello));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            foreach (var hello in hellos) table.Choose(hello);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Choose_WithoutCertificates_HasNone()
    {
        Assert.Null(Table().Choose(new() { ServerName = "shop.example", Signatures = Any }));
    }

    private static ServedCertificate Served(string name, bool isRsa, params string[] names) => new(name, new(TestCertificates.For(isRsa, names), []), [], stapling: false);

    private static string? Subject(TlsConnectionPolicy? policy) => policy?.Certificate.TargetCertificate.Subject;

    private TlsTable Table(params ServedCertificate[] certificates) => new(_options, certificates, ClientCertificateRules.Load(_options.ClientCertificates, "/", "Tls", TimeProvider.System, [], NullLogger.Instance));
}
