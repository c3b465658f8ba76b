using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Dashboard;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>Clients whose certificates were revoked, in handshakes: by lists in files, and by what the authority says at the address in the certificate.</summary>
public sealed class ClientRevocationTests : IDisposable
{
    private static readonly DateTimeOffset Past = TimeProvider.System.GetUtcNow().AddHours(-1);

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLines _log = new(LogLevel.Debug);
    private readonly X509Certificate2 _authority = TestCertificates.Authority("authority");
    private readonly X509Certificate2 _below;
    private readonly X509Certificate2 _good;
    private readonly X509Certificate2 _bad;
    private readonly X509Certificate2 _deep;
    private readonly X509Certificate2 _served = TestCertificates.For(false, "localhost", "*.shop.example");

    public ClientRevocationTests()
    {
        _below = TestCertificates.AuthorityBelow(_authority, "below");
        _good = TestCertificates.IssuedBy(_authority, "good");
        _bad = TestCertificates.IssuedBy(_authority, "bad");
        _deep = TestCertificates.IssuedBy(_below, "deep");
    }

    public static TheoryData<string, string, bool> Lists => new()
    {
        // Whom the lists name, who comes, and whether he is served.
        { "none", "bad", true },
        { "bad", "good", true },
        { "bad", "bad", false },
        { "bad", "", true },
        { "bad, run out", "bad", false },
        { "bad, run out", "good", false },
        { "bad, run out and renewed", "good", true },
        // Every authority on the way has to have a list.
        { "bad", "deep", false },
        { "bad; nobody below", "deep", true },
        { "below; nobody below", "deep", false },
        { "bad; deep below", "deep", false },
    };

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public void Dispose()
    {
        foreach (var certificate in (X509Certificate2[])[_authority, _below, _good, _bad, _deep, _served]) certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Lists_DecideWhoIsServed(string lists, string who, bool isServed)
    {
        await using var proxy = await StartAsync(clients => clients.RevocationLists = Write(lists));
        Assert.Equal(isServed, await IsServedAsync(proxy, Of(who)));
    }

    [Fact]
    public async Task WhyAClientIsRefused_IsLogged()
    {
        await using var proxy = await StartAsync(clients => clients.RevocationLists = Write("bad, run out"));
        Assert.Contains(_log.Lines, l => l.StartsWith("Error 4309 ", StringComparison.Ordinal) && l.Contains("CN=authority", StringComparison.Ordinal));

        await IsServedAsync(proxy, _bad);
        await IsServedAsync(proxy, _good);
        await IsServedAsync(proxy, _deep);

        Assert.Contains(_log.Lines, l => l.StartsWith("Debug 4308 ", StringComparison.Ordinal) && l.Contains(_bad.SerialNumber, StringComparison.Ordinal) && l.Contains("it is revoked", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, l => l.Contains(_good.SerialNumber, StringComparison.Ordinal) && l.Contains("the list of 'CN=authority' has run out", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, l => l.Contains("there is no list of 'CN=below'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AList_ThatIsReplaced_CountsAtOnce_AndOneOfNoUseChangesNothing()
    {
        await using var proxy = await StartAsync(clients => clients.RevocationLists = Write("nobody"));
        Assert.True(await IsServedAsync(proxy, _bad));

        Put("list0", _authority, null, _bad);
        Look(proxy);
        Assert.False(await IsServedAsync(proxy, _bad));
        Assert.True(await IsServedAsync(proxy, _good));

        File.WriteAllText(Path.Combine(_folder.Path, "list0"), "half of");
        Look(proxy);
        Look(proxy);
        Assert.False(await IsServedAsync(proxy, _bad));
        Assert.Single(_log.Lines, l => l.StartsWith("Error 4304 ", StringComparison.Ordinal) && l.Contains("list0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task ASessionOfACertificateThatIsRevokedSince_IsNotResumed(string version)
    {
        await using var proxy = await StartAsync(clients => clients.RevocationLists = Write("nobody"));
        var session = Path.Combine(_folder.Path, "session");
        var pair = _folder.Write("bad.pem", TestCertificates.Pem(_bad));
        Assert.Contains("HTTP/1.1 200", await OpenSsl.ConnectAsync(proxy.Address, TlsProxy.Request, version, "-cert", pair, "-sess_out", session), StringComparison.Ordinal);

        Put("list0", _authority, null, _bad);
        Look(proxy);

        Assert.DoesNotContain("HTTP/1.1 200", await OpenSsl.ConnectAsync(proxy.Address, TlsProxy.Request, version, "-cert", pair, "-sess_in", session), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_HaveListsOfTheirOwn()
    {
        await using var proxy = await StartAsync(clients => clients.Hosts["admin.shop.example"] = new() { RevocationLists = Write("bad") });
        Assert.True(await IsServedAsync(proxy, _bad, "www.shop.example"));
        Assert.False(await IsServedAsync(proxy, _bad, "admin.shop.example"));
        Assert.True(await IsServedAsync(proxy, _good, "admin.shop.example"));
    }

    // By the platform, which asks at the address that the certificate names.
    [Theory]
    [InlineData(X509RevocationMode.Online, "good", true)]
    [InlineData(X509RevocationMode.Online, "bad", false)]
    [InlineData(X509RevocationMode.Online, "nobody answers", false)]
    [InlineData(X509RevocationMode.NoCheck, "bad", true)]
    [InlineData(X509RevocationMode.NoCheck, "nobody answers", true)]
    public async Task Mode_DecidesWhetherTheAuthorityIsAsked(X509RevocationMode mode, string who, bool isServed)
    {
        byte[] list = [];
        await using var answering = await ProxyUnderTest.StartBackendAsync(context =>
        {
            context.Response.StatusCode = who == "nobody answers" ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
            return list.Length > 0 && context.Response.StatusCode == StatusCodes.Status200OK ? context.Response.Body.WriteAsync(list).AsTask() : Task.CompletedTask;
        });
        // An authority that nobody knows from before, since the platform keeps what it was told.
        using var authority = TestCertificates.Authority($"authority {Guid.NewGuid():N}");
        using var client = TestCertificates.IssuedBy(authority, "client", new Uri(answering.Urls.First() + "/revoked.crl"));
        list = TestCertificates.RevocationList(authority, null, who == "bad" ? [client] : []);
        await using var proxy = await StartAsync(clients => (clients.RevocationMode, clients.TrustAnchors) = (mode, _folder.Write("own.pem", authority.ExportCertificatePem())));

        Assert.Equal(isServed, await IsServedAsync(proxy, client));
    }

    // What the platform has is what was told to it when somebody looked at a certificate with Online, the proxy or another process of the same user.
    [Theory]
    [InlineData("never", "good", false)]
    [InlineData("never", "bad", false)]
    [InlineData("yes", "good", true)]
    [InlineData("yes", "bad", false)]
    // Revoked since: nobody says so before the list that is known runs out.
    [InlineData("before", "bad", true)]
    [InlineData("run out", "good", false)]
    public async Task Offline_KnowsWhatThePlatformWasTold_AndAsksNobody(string told, string who, bool isServed)
    {
        byte[] list = [];
        var questions = 0;
        await using var answering = await ProxyUnderTest.StartBackendAsync(context =>
        {
            Interlocked.Increment(ref questions);
            return context.Response.Body.WriteAsync(list).AsTask();
        });
        using var authority = TestCertificates.Authority($"authority {Guid.NewGuid():N}");
        var place = new Uri(answering.Urls.First() + "/revoked.crl");
        using var good = TestCertificates.IssuedBy(authority, "good", place);
        using var bad = TestCertificates.IssuedBy(authority, "bad", place);
        var anchors = _folder.Write("own.pem", authority.ExportCertificatePem());
        list = TestCertificates.RevocationList(authority, told == "run out" ? Past : null, told == "before" ? [] : [bad]);
        if (told != "never")
        {
            Assert.Equal(told != "run out", await Task.Run(() => IsGood(good, authority)).WaitAsync(Patience));
            Assert.NotEqual(0, questions);
        }

        list = TestCertificates.RevocationList(authority, null, bad);
        var before = questions;
        await using var proxy = await StartAsync(clients => (clients.RevocationMode, clients.TrustAnchors) = (X509RevocationMode.Offline, anchors));

        Assert.Equal(isServed, await IsServedAsync(proxy, who == "good" ? good : bad));
        Assert.Equal(before, questions);
    }

    [Theory]
    [InlineData("no list", "holds no list of revoked certificates")]
    [InlineData("of another authority", "none of the authorities in TrustAnchors has signed")]
    [InlineData("without authorities", "needs TrustAnchors")]
    [InlineData("not there", "There is no file")]
    public async Task AListThatIsOfNoUse_KeepsTheHostFromStarting(string what, string expected)
    {
        using var stranger = TestCertificates.Authority("stranger");
        var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var proxy = await StartAsync(clients =>
            {
                clients.RevocationLists = what == "not there" ? [Path.Combine(_folder.Path, "nowhere")] : Write("nobody");
                if (what == "no list") _folder.Write("list0", _authority.ExportCertificatePem());
                if (what == "of another authority") Put("list0", stranger, null);
                if (what == "without authorities") clients.TrustAnchors = null;
            });
        });
        Assert.Contains("RevocationLists", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> IsServedAsync(ProxyUnderTest proxy, X509Certificate2? certificate, string name = "localhost")
    {
        using var client = TlsProxy.Client(proxy.Address, certificate, name);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = name } };
            using var response = await client.SendAsync(request, Patience);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or AuthenticationException or IOException)
        {
            return false;
        }
    }

    // On sockets whose threads serve many connections each.
    [Fact]
    public async Task AnAuthorityThatDoesNotAnswer_KeepsOthersWaitingForNothing()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        // Each asks at a place of its own: questions that are alike are asked once.
        var clients = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(i => TestCertificates.IssuedBy(_authority, "asked for", new Uri($"http://{silent.LocalEndpoint}/{Guid.NewGuid():N}.crl"))).ToList();
        await using var proxy = await StartAsync(c => c.RevocationMode = X509RevocationMode.Online, builder => builder.WebHost.UseNet2Sockets());
        var waiting = clients.ConvertAll(c => IsServedAsync(proxy, c));
        var questions = new List<TcpClient>();
        foreach (var _ in clients) questions.Add(await silent.AcceptTcpClientAsync(Patience));

        Assert.True(await IsServedAsync(proxy, null));
        Assert.All(waiting, w => Assert.False(w.IsCompleted));

        // Whoever comes again is told at once that nobody is there.
        silent.Stop();
        foreach (var question in questions) question.Dispose();
        foreach (var client in waiting) Assert.False(await client.WaitAsync(Patience));
        foreach (var client in clients) client.Dispose();
    }

    private static bool IsGood(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.Online, RevocationFlag = X509RevocationFlag.ExcludeRoot } };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(certificate);
    }

    private static void Look(ProxyUnderTest proxy) => proxy.Services.GetRequiredService<TlsState>().Look();

    private X509Certificate2? Of(string who) => who switch
    {
        "good" => _good,
        "bad" => _bad,
        "deep" => _deep,
        _ => null,
    };

    /// <summary>Writes lists: first that of the authority, then that of the one below it.</summary>
    private string[] Write(string lists)
    {
        if (lists == "none") return [];
        var parts = lists.Split("; ");
        var hasRunOut = parts[0].Contains("run out", StringComparison.Ordinal);
        Put("list0", _authority, hasRunOut ? Past : null, parts[0].StartsWith("bad", StringComparison.Ordinal) ? [_bad] : parts[0] == "below" ? [_below] : []);
        var files = new List<string> { Path.Combine(_folder.Path, "list0") };
        if (parts[0].EndsWith("renewed", StringComparison.Ordinal)) files.Add(_folder.Write("renewed", Pem(TestCertificates.RevocationList(_authority, null, _bad))));
        if (parts.Length > 1) files.Add(_folder.Write("list1", "for people\n" + Pem(TestCertificates.RevocationList(_below, null, parts[1] == "deep below" ? [_deep] : []))));
        return [.. files];
    }

    private void Put(string file, X509Certificate2 authority, DateTimeOffset? nextUpdate, params IEnumerable<X509Certificate2> revoked) =>
        File.WriteAllBytes(Path.Combine(_folder.Path, file), TestCertificates.RevocationList(authority, nextUpdate, revoked));

    private static string Pem(byte[] list) => PemEncoding.WriteString("X509 CRL", list);

    private Task<ProxyUnderTest> StartAsync(Action<TlsClientCertificateOptions> more, Action<WebApplicationBuilder>? host = null)
    {
        var clients = new TlsClientCertificateOptions { Mode = TlsClientCertificateMode.Request, TrustAnchors = _folder.Write("ca.pem", _authority.ExportCertificatePem() + "\n" + _below.ExportCertificatePem()) };
        more(clients);
        return TlsProxy.StartAsync(
            tls =>
            {
                tls.Certificates["default"] = _folder.Write(_served);
                tls.ClientCertificates = clients;
            },
            more: builder =>
            {
                builder.Logging.AddProvider(_log).AddFilter(typeof(TlsState).FullName, LogLevel.Debug);
                host?.Invoke(builder);
            });
    }
}
