using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Probes;

public sealed class TlsProbeTests : HealthProbeContract
{
    [Theory]
    [InlineData(false, AttemptFailureKinds.TlsCertificateError)]
    [InlineData(true, null)]
    public async Task ProbeAsync_CertificateNobodyKnows_PassesOnlyWhereTheTrafficTakesIt(bool trafficAcceptsAny, string? failure)
    {
        await using var server = Server();
        using var probe = new TlsProbe(new ProbeConnections(new(), new TrafficConnections(SslProtocols.None, trafficAcceptsAny, IsHttp2Only: false)));
        Assert.Equal(failure is null ? ProbeResult.Passed : ProbeResult.Failed(failure), await AskAsync(probe, server.Uri));
    }

    [Fact]
    public async Task ProbeAsync_SettingOfTheProbe_CountsMoreThanTheTraffic()
    {
        await using var server = Server();
        using var probe = new TlsProbe(new ProbeConnections(new() { DangerousAcceptAnyServerCertificate = false }, new TrafficConnections(SslProtocols.None, AcceptsAnyCertificate: true, IsHttp2Only: false)));
        Assert.Equal(ProbeOutcome.Failed, (await AskAsync(probe, server.Uri)).Outcome);
    }

    [Fact]
    public async Task ProbeAsync_ServerThatSpeaksNoTls_Fails()
    {
        await using var origin = ScriptedOrigin.Answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        await using var plain = new ScriptedOrigin(connection => connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        using var probe = CreateProbe(Options) as IDisposable;
        Assert.Equal(ProbeOutcome.Failed, (await AskAsync((IHealthProbe)probe!, plain.Uri)).Outcome);
    }

    [Fact]
    public async Task ProbeAsync_HostSet_IsTheNameItAsksFor()
    {
        var asked = new TaskCompletionSource<string>();
        await using var server = Server(name => asked.TrySetResult(name ?? ""));
        var options = new ActiveHealthCheckOptions { Host = "shop.example:81", DangerousAcceptAnyServerCertificate = true };
        await AskAsync(CreateProbe(options), server.Uri, options);
        Assert.Equal("shop.example", await asked.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task ProbeAsync_ClientCertificateSet_IsShown()
    {
        using var folder = new Folder();
        using var certificate = TestCertificates.SelfSigned("probe");
        var options = new ActiveHealthCheckOptions { ClientCertificate = new() { Path = folder.Write("probe.pem", TestCertificates.Pem(certificate)) }, DangerousAcceptAnyServerCertificate = true };
        var shown = new TaskCompletionSource<string>();
        await using var server = Server(clientCertificate: subject => shown.TrySetResult(subject));
        await AskAsync(CreateProbe(options), server.Uri, options);
        Assert.Equal("CN=probe", await shown.Task.WaitAsync(Patience));
    }

    protected override ActiveHealthCheckOptions Options => new() { DangerousAcceptAnyServerCertificate = true };

    protected override IHealthProbe CreateProbe(ActiveHealthCheckOptions options) => new TlsProbe(new ProbeConnections(options, default));

    protected override ValueTask<(IAsyncDisposable Server, Uri Address)> StartHealthyAsync()
    {
        var server = Server();
        return ValueTask.FromResult<(IAsyncDisposable, Uri)>((server, server.Uri));
    }

    private static ScriptedOrigin Server(Action<string?>? name = null, Action<string>? clientCertificate = null) => new(async connection =>
    {
        using var certificate = TestCertificates.SelfSigned("localhost");
        await using var stream = new SslStream(new NetworkStream(connection.Socket));
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateSelectionCallback = (_, host) =>
                {
                    name?.Invoke(host);
                    return certificate;
                },
                ClientCertificateRequired = clientCertificate is not null,
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                {
                    clientCertificate?.Invoke((shown as X509Certificate2)?.Subject ?? "");
                    return clientCertificate is null || shown is not null;
                },
            });
            _ = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or SocketException)
        {
            // The probe did not like what it saw.
        }
    });

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

        public string Write(string name, string text)
        {
            var path = Path.Combine(_folder.FullName, name);
            File.WriteAllText(path, text);
            return path;
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
