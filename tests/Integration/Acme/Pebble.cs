using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>
/// Pebble, the authority that Let's Encrypt has for tests of clients (Debian's pebble; without it the tests fail): it does nothing that RFC 8555 does not allow, and much of what is allowed and unusual. It comes to see proofs at
/// two gates, by names that its own name server knows.
/// </summary>
internal sealed class Pebble : IAsyncDisposable
{
    private const int Tries = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority = TestCertificates.Authority("pebble's own");
    private readonly LoopbackNames _names = new();
    private HttpClient _client = null!;
    private RunningProgram? _program;
    private int _managementPort;

    private Pebble()
    {
    }

    /// <summary>Where it comes over http.</summary>
    public ProofGate Http { get; } = new();

    /// <summary>Where it comes for a handshake.</summary>
    public ProofGate Https { get; } = new();

    public Uri Directory { get; private set; } = null!;

    /// <summary>File of the authority that its own certificate comes from; its directory is served by https alone.</summary>
    public string TrustAnchors => _folder.Write("authority.pem", _authority.ExportCertificatePem());

    /// <summary>What it has said.</summary>
    public string Output => _program!.Output;

    /// <summary>Starts it.</summary>
    /// <param name="environment">What it is told beside its settings, such as <c>PEBBLE_WFE_NONCEREJECT</c>.</param>
    /// <param name="more">Changes its settings.</param>
    public static async Task<Pebble> StartAsync(IReadOnlyDictionary<string, string>? environment = null, Action<JsonObject>? more = null)
    {
        var pebble = new Pebble();
        try
        {
            await pebble.ListenAsync(environment ?? new Dictionary<string, string>(StringComparer.Ordinal), more);
            return pebble;
        }
        catch
        {
            await pebble.DisposeAsync();
            throw;
        }
    }

    /// <summary>The root of what it issues, new with each start.</summary>
    public async Task<X509Certificate2> RootAsync()
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        return X509Certificate2.CreateFromPem(await _client.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_managementPort}/roots/0")), patience.Token));
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null) await _program.DisposeAsync();
        _client?.Dispose();
        await Http.DisposeAsync();
        await Https.DisposeAsync();
        await _names.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    private async Task ListenAsync(IReadOnlyDictionary<string, string> environment, Action<JsonObject>? more)
    {
        using var own = TestCertificates.IssuedBy(_authority, "localhost");
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = Trusting(_authority);
        _client = new HttpClient(handler);
        for (var attempt = 1; ; attempt++)
        {
            var (port, managementPort) = FreePorts();
            var settings = new JsonObject
            {
                ["listenAddress"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
                ["managementListenAddress"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{managementPort}"),
                ["certificate"] = _folder.Write("own.pem", own.ExportCertificatePem()),
                ["privateKey"] = _folder.Write("own.key", TestCertificates.KeyPem(own)),
                ["httpPort"] = Http.Port,
                ["tlsPort"] = Https.Port,
            };
            more?.Invoke(settings);
            var file = _folder.Write("pebble.json", new JsonObject { ["pebble"] = settings }.ToJsonString());
            // It would wait up to 15 s before it comes.
            var told = new Dictionary<string, string>(environment, StringComparer.Ordinal) { ["PEBBLE_VA_NOSLEEP"] = "1" };
            _program = RunningProgram.Start("pebble", ["-strict", "-config", file, "-dnsserver", _names.EndPoint.ToString()], _folder.Path, told);
            Directory = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/dir"));
            _managementPort = managementPort;
            if (await AnswersAsync()) return;
            var said = _program.Output + _program.Errors;
            await _program.DisposeAsync();
            // Somebody else may have got one of the ports in between.
            if (attempt == Tries || !said.Contains("address already in use", StringComparison.Ordinal)) throw new InvalidOperationException($"pebble does not start. It said: {said}");
        }
    }

    /// <summary>Waits until both of its ports answer, or it has ended.</summary>
    private async Task<bool> AnswersAsync()
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (!_program!.HasEnded)
        {
            try
            {
                await _client.GetStringAsync(Directory, patience.Token);
                (await RootAsync()).Dispose();
                return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, patience.Token);
            }
        }

        return false;
    }

    /// <summary>Trusts what comes from one authority, and no other.</summary>
    public static X509ChainPolicy Trusting(X509Certificate2 root)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.Add(root);
        return policy;
    }

    private static (int First, int Second) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
