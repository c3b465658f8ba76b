using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Dashboard;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Tls;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Acme;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>Certificates from an authority that somebody else has written, with every message and proof over real sockets, served to clients that trust its root alone.</summary>
public sealed class PebbleTests : IDisposable
{
    private const string Host = "shop.example";

    // 32 octets of no meaning.
    private const string HmacKey = "Zq3vT0mW9rX2cB7yN1kLd8fJg5hSa4pQ-_uEoIiYtRw";
    private const string AnotherKey = "AAAAAAAAAAAAAAAAAAAAAA";

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLines _log = new();

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(AcmeChallengeType.Http01)]
    [InlineData(AcmeChallengeType.TlsAlpn01)]
    public async Task Host_GetsACertificate_ByEitherProof(AcmeChallengeType challenge)
    {
        // Two intermediates: both have to be sent.
        await using var pebble = await Pebble.StartAsync(new Dictionary<string, string> { ["PEBBLE_CHAIN_LENGTH"] = "2" });
        await using var proxy = await StartAsync(pebble, acme => acme.Challenge = challenge);

        using var served = await ServedAsync(proxy, pebble);

        Assert.Contains(Host, served.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        // It came to see, and where it was told to.
        Assert.NotEqual(0, (challenge == AcmeChallengeType.Http01 ? pebble.Http : pebble.Https).Visits);
        Assert.Equal(0, (challenge == AcmeChallengeType.Http01 ? pebble.Https : pebble.Http).Visits);
        await Eventually.TrueAsync(() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).All(f => !f.Contains("proofs", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task HalfOfAllNonces_CanBeRefused()
    {
        await using var pebble = await Pebble.StartAsync(new Dictionary<string, string> { ["PEBBLE_WFE_NONCEREJECT"] = "50" });
        await using var proxy = await StartAsync(pebble, acme => acme.Hosts = ["a.example", "b.example", "c.example"]);

        foreach (var host in (string[])["a.example", "b.example", "c.example"]) (await ServedAsync(proxy, pebble, host)).Dispose();

        Assert.DoesNotContain(_log.Lines, l => l.StartsWith("Error 4321 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SeveralHosts_GetOneCertificateEach_WhateverBecomesOfOthers()
    {
        string[] hosts = ["refused.example", "shop.example", "www.shop.example", "bücher.example"];
        await using var pebble = await Pebble.StartAsync(more: settings => settings["domainBlocklist"] = new JsonArray("refused.example"));
        await using var proxy = await StartAsync(pebble, acme => acme.Hosts = hosts);

        var serials = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in (string[])["shop.example", "www.shop.example", "xn--bcher-kva.example"])
        {
            using var served = await ServedAsync(proxy, pebble, host);
            Assert.Equal([host], served.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
            serials.Add(served.SerialNumber);
        }

        Assert.Equal(3, serials.Count);
        Assert.Single(_log.Lines, l => l.StartsWith("Error 4321 ", StringComparison.Ordinal) && l.Contains("refused.example", StringComparison.Ordinal) && l.Contains("rejectedIdentifier", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Renewal_GetsANewCertificate_WithAProofOrAsTheAuthorityRemembersTheLastOne(bool isRemembered)
    {
        var time = new JumpingTime();
        await using var pebble = await Pebble.StartAsync(new Dictionary<string, string> { ["PEBBLE_AUTHZREUSE"] = "100" }, NinetyDays);
        await using var proxy = await StartAsync(pebble, _ => { }, time);
        using var first = await ServedAsync(proxy, pebble);
        await RestAsync(proxy);
        var visits = pebble.Http.Visits;
        if (!isRemembered) ForgetAccount();

        // A twentieth of its life before two thirds at the earliest: 55.5 days.
        time.Jump(TimeSpan.FromDays(55));
        await RestAsync(proxy, after: 1);
        using var same = await ServedAsync(proxy, pebble);
        time.Jump(TimeSpan.FromDays(6));
        await RestAsync(proxy, after: 2);
        using var second = await ServedAsync(proxy, pebble);

        Assert.Equal(first.SerialNumber, same.SerialNumber);
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.False(first.PublicKey.EncodedKeyValue.RawData.SequenceEqual(second.PublicKey.EncodedKeyValue.RawData));
        Assert.Equal(isRemembered, pebble.Http.Visits == visits);
    }

    [Fact]
    public async Task Renewal_OfAHostThatCannotBeProven_LeavesTheOldCertificateServing_AndComesAgainMoreAndMoreSeldom()
    {
        var time = new JumpingTime();
        await using var pebble = await Pebble.StartAsync(more: NinetyDays);
        await using var proxy = await StartAsync(pebble, _ => { }, time);
        using var first = await ServedAsync(proxy, pebble);
        await RestAsync(proxy);
        ForgetAccount();
        var open = pebble.Http.Proxy;
        pebble.Http.Proxy = null;

        // Two thirds of its life; then some 1 min, and 3 min, a fifth more or less.
        foreach (var (minutes, failures) in ((double, int)[])[(61 * 24 * 60, 1), (1.3, 2), (1.5, 2), (2.3, 3)])
        {
            var before = Renewer(proxy).Rounds;
            time.Jump(TimeSpan.FromMinutes(minutes));
            await RestAsync(proxy, before);
            using var still = await ServedAsync(proxy, pebble);
            Assert.Equal(first.SerialNumber, still.SerialNumber);
            Assert.Equal(failures, _log.Lines.Count(l => l.StartsWith("Error 4321 ", StringComparison.Ordinal) && l.Contains("could not verify shop.example by http-01", StringComparison.Ordinal)));
        }

        pebble.Http.Proxy = open;
        time.Jump(TimeSpan.FromMinutes(11));
        await Eventually.TrueAsync(() => _log.Lines.Count(l => l.StartsWith("Information 4320 ", StringComparison.Ordinal)) == 2);
        using var second = await ServedAsync(proxy, pebble);
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
    }

    [Fact]
    public async Task AuthorityThatNobodyVouchesFor_IsToldNothing()
    {
        await using var pebble = await Pebble.StartAsync();
        await using var proxy = await StartAsync(pebble, acme => acme.TrustAnchors = null);

        await Eventually.TrueAsync(() => _log.Lines.Any(l => l.StartsWith("Error 4321 ", StringComparison.Ordinal)));

        Assert.DoesNotContain("sign-me-up", pebble.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthorityForCustomers_MakesAnAccountForTheOneWhoseKeyItKnows()
    {
        await using var pebble = await Pebble.StartAsync(more: ForCustomers);
        await using var proxy = await StartAsync(pebble, acme => (acme.Hosts, acme.ExternalAccount) = (["a.example", "b.example"], new() { KeyId = "customer", HmacKey = HmacKey }));

        (await ServedAsync(proxy, pebble, "a.example")).Dispose();
        (await ServedAsync(proxy, pebble, "b.example")).Dispose();

        Assert.Contains("There are now 1 accounts", pebble.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("There are now 2 accounts", pebble.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "externalAccountRequired", "Set ExternalAccount")]
    [InlineData(AnotherKey, "unauthorized", "")]
    public async Task AuthorityForCustomers_MakesNoneForOthers_AndTheLogSaysWhatIsMissing(string? hmacKey, string problem, string remedy)
    {
        await using var pebble = await Pebble.StartAsync(more: ForCustomers);
        await using var proxy = await StartAsync(pebble, acme => acme.ExternalAccount = hmacKey is null ? null : new() { KeyId = "customer", HmacKey = hmacKey });

        await Eventually.TrueAsync(() => _log.Lines.Any(l => l.StartsWith("Error 4321 ", StringComparison.Ordinal)));

        var failure = _log.Lines.Single(l => l.StartsWith("Error 4321 ", StringComparison.Ordinal));
        Assert.Contains(problem, failure, StringComparison.Ordinal);
        Assert.Contains(remedy, failure, StringComparison.Ordinal);
        Assert.DoesNotContain(hmacKey ?? HmacKey, string.Concat(_log.Lines), StringComparison.Ordinal);
    }

    private static void ForCustomers(JsonObject settings)
    {
        settings["externalAccountBindingRequired"] = true;
        settings["externalAccountMACKeys"] = new JsonObject { ["customer"] = HmacKey };
    }

    /// <summary>Has the proxy come with a new account, of which the authority remembers no proofs.</summary>
    private void ForgetAccount() => File.Delete(Assert.Single(Directory.GetFiles(_folder.Path, "account.pem", SearchOption.AllDirectories)));

    private static void NinetyDays(JsonObject settings) => settings["certificateValidityPeriod"] = (int)TimeSpan.FromDays(90).TotalSeconds;

    private static AcmeRenewer Renewer(ProxyUnderTest proxy) => proxy.Services.GetServices<IHostedService>().OfType<AcmeRenewer>().Single();

    /// <summary>Waits until the proxy has nothing to do about its certificates, after so many rounds.</summary>
    private static Task RestAsync(ProxyUnderTest proxy, int after = 0) => Eventually.TrueAsync(() => Renewer(proxy) is var renewer && renewer.Rounds > after && renewer.IsResting);

    private async Task<ProxyUnderTest> StartAsync(Pebble pebble, Action<AcmeOptions> more, TimeProvider? time = null) =>
        await TlsProxy.StartAsync(
            tls =>
            {
                tls.HttpsRedirect = true;
                tls.Acme = new() { Directory = pebble.Directory, TrustAnchors = pebble.TrustAnchors, AcceptTerms = true, Email = "admin@shop.example", Hosts = [Host], Storage = _folder.Path };
                more(tls.Acme);
            },
            urls: "http://127.0.0.1:0;https://127.0.0.1:0",
            more: builder =>
            {
                if (time is not null) builder.Services.AddSingleton(time);
                builder.Logging.AddProvider(_log);
                builder.Services.Add(ListeningAddress.For((http, https) => (pebble.Http.Proxy, pebble.Https.Proxy) = (http, https)));
            });

    /// <summary>The certificate of a host as a client sees it which trusts the authority's root alone; waits until there is one.</summary>
    private async Task<X509Certificate2> ServedAsync(ProxyUnderTest proxy, Pebble pebble, string host = Host)
    {
        using var root = await pebble.RootAsync();
        X509Certificate2? served = null;
        try
        {
            await Eventually.TrueAsync(async () => (served = await HandshakeAsync(proxy, root, host)) is not null);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{host} is not served. {string.Join(Environment.NewLine, _log.Lines)}{Environment.NewLine}{pebble.Output}");
        }

        return served!;
    }

    private static async Task<X509Certificate2?> HandshakeAsync(ProxyUnderTest proxy, X509Certificate2 root, string host)
    {
        using var connection = new TcpClient(proxy.Addresses[1].Host, proxy.Addresses[1].Port);
        await using var tls = new SslStream(connection.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = Pebble.Trusting(root) }, Patience);
            return new X509Certificate2(tls.RemoteCertificate!);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return null;
        }
    }
}
