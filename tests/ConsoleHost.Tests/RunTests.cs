using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.ConsoleHost.Tests.ConsoleHostUnderTest;

namespace Net2Secure.Routing.ConsoleHost.Tests;

public sealed class RunTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Config_AndUrls_ServesAndFollowsChanges()
    {
        await using var first = new GatedServer();
        var file = _folder.Write("proxy.json", Configuration(first.Url).ToJsonString());
        await using var host = Start("--config", file, "--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        Assert.Equal("ok", await client.GetStringAsync("/"));

        var changed = Configuration(first.Url);
        changed["Net2Proxy"]!["Routes"]!["all"]!["Match"]!["Path"] = "/moved";
        _folder.Write("proxy.json", changed.ToJsonString());
        using var patience = new CancellationTokenSource(RunningProgram.Patience);
        while ((await client.GetAsync("/", patience.Token)).IsSuccessStatusCode) await Task.Delay(20, patience.Token);
        Assert.Equal("ok", await client.GetStringAsync("/moved"));

        _folder.Write("proxy.json", "{ broken");
        await host.LineAsync("keeps serving");
        Assert.Equal("ok", await client.GetStringAsync("/moved"));
    }

    [Fact]
    public async Task Config_NothingMatches_Answers404WithProblemDetails()
    {
        var configuration = Configuration("http://127.0.0.1:9/");
        configuration["Net2Proxy"]!["Routes"]!["all"]!["Match"]!["Path"] = "/only-here";
        await using var host = Start("--config", _folder.Write("proxy.json", configuration.ToJsonString()), "--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        using var response = await client.GetAsync("/elsewhere");
        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task AccessLog_WritesOneLinePerRequestWithoutTheQuery()
    {
        await using var backend = new GatedServer();
        await using var host = Start("--access-log", "--config", _folder.Write("proxy.json", Configuration(backend.Url).ToJsonString()), "--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        await client.GetStringAsync("/cart?token=secret");
        var line = await host.LineAsync("/cart");
        Assert.Contains("GET", line, StringComparison.Ordinal);
        Assert.Contains(" 200 ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", host.Output, StringComparison.Ordinal);
        Assert.Single(host.Output.Split('\n'), l => l.Contains("/cart", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("""{ "Path": "/ops" }""", HttpStatusCode.BadGateway)]
    [InlineData("""{ "Enabled": false }""", HttpStatusCode.BadGateway)]
    public async Task Dashboard_IsThereUnlessTheConfigurationSaysOtherwise(string? dashboard, HttpStatusCode expected)
    {
        var configuration = Configuration("http://127.0.0.1:9/");
        if (dashboard is not null) configuration["Net2Proxy"]!["Dashboard"] = JsonNode.Parse(dashboard);
        await using var host = Start("--config", _folder.Write("proxy.json", configuration.ToJsonString()), "--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        using var response = await client.GetAsync("/_net2/api/state");
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Https_CertificateOfTheConfiguration_IsServed()
    {
        await using var backend = new GatedServer();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=shop.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _folder.Write("shop.pem", certificate.ExportCertificatePem());
        _folder.Write("shop.key", key.ExportPkcs8PrivateKeyPem());
        var configuration = Configuration(backend.Url);
        configuration["Net2Proxy"]!["Tls"] = JsonNode.Parse("""{ "Certificates": { "default": { "Path": "shop.pem", "KeyPath": "shop.key" } } }""");
        await using var host = Start(_folder.Path, NoEnvironment, "--config", _folder.Write("proxy.json", configuration.ToJsonString()), "--urls", "https://127.0.0.1:0");
        using var trusting = new SocketsHttpHandler();
        trusting.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { certificate },
        };
        using var client = new HttpClient(trusting) { BaseAddress = await host.ListeningAsync() };
        Assert.Equal("ok", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Settings_FromEnvironmentFileAndCommandLine_TakeEffectBesideOptions()
    {
        var file = _folder.Write("proxy.json", Configuration("http://127.0.0.1:9/").ToJsonString());
        _folder.Write("appsettings.json", """{ "Logging": { "LogLevel": { "Microsoft.Hosting.Lifetime": "Information" } } }""");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["Logging__LogLevel__Default"] = "Error", ["ASPNETCORE_URLS"] = AnyPort };
        await using var host = Start(
            _folder.Path, environment, "--config", file, "--access-log", "--Logging:LogLevel:Net2Secure.Routing.Access=Information", "--shutdownTimeoutSeconds", "5");

        // appsettings.json says of this one category what the environment does not say of all …
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        using var response = await client.GetAsync("/asked");
        Assert.Equal(502, (int)response.StatusCode);

        // … so does the command line, beside options of the host's own; what neither speaks of follows the environment.
        await host.LineAsync("/asked");
        Assert.DoesNotContain("info: Net2Secure.Routing.Proxying", host.Output, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "--config nowhere.json", "There is no file" },
        { "--urls nonsense", "'nonsense' is no URL to listen on" },
        { "--urls http://127.0.0.1:99999", "'http://127.0.0.1:99999' is no URL to listen on" },
        { "--urls ftp://127.0.0.1:0", "'ftp://127.0.0.1:0' is no URL to listen on" },
        { "--urls https://127.0.0.1:0", "needs a certificate in Net2Proxy:Tls:Certificates" },
        { "--urls http://192.0.2.1:0", "Cannot listen on http://192.0.2.1:0" },
        { "--urls http://127.0.0.1:TAKEN", "address already in use" },
        { "--cofnig proxy.json", "'--cofnig' is neither an option nor a setting" },
        { "--config broken.json", "broken.json: the file is not JSON" },
        { "--config wrong.json", "Net2Proxy:Routes:all:ClusterId: 'bakcend' is not a cluster" },
        { "serve", "'serve' is neither an option nor a setting" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Mistake_IsSaidInALineOrTwoAndExits1(string args, string message)
    {
        _folder.Write("broken.json", "{ \"Net2Proxy\": ");
        var wrong = Configuration("http://127.0.0.1:9/");
        wrong["Net2Proxy"]!["Routes"]!["all"]!["ClusterId"] = "bakcend";
        _folder.Write("wrong.json", wrong.ToJsonString());
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using var host = Start(_folder.Path, NoEnvironment, args.Replace("TAKEN", port, StringComparison.Ordinal).Split(' '));
        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains(message, host.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output + host.Errors, StringComparison.Ordinal);
        Assert.True(host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length <= 2, host.Errors);
    }
}
