using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>What an authority says of a certificate's revocation, sent along with it. The authority is OpenSSL's, behind an http URL.</summary>
public sealed class OcspStaplingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _asked;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Certificate_WithResponder_IsServedWithItsAnswer()
    {
        await using var responder = await StartResponderAsync();
        await using var proxy = await StartAsync(responder.Urls.First(), stapling: true);

        await Eventually.TrueAsync(async () =>
            (await OpenSsl.ConnectAsync(proxy.Address, "", "-status", "-servername", "localhost")).Contains("OCSP Response Status: successful", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stapling_SwitchedOff_AsksNobody()
    {
        await using var responder = await StartResponderAsync();
        await using var proxy = await StartAsync(responder.Urls.First(), stapling: false);

        Assert.Contains("OCSP response: no response sent", await OpenSsl.ConnectAsync(proxy.Address, "", "-status", "-servername", "localhost"), StringComparison.Ordinal);
        Assert.Equal(0, Volatile.Read(ref _asked));
    }

    private async Task<ProxyUnderTest> StartAsync(string responder, bool stapling)
    {
        using var authority = TestCertificates.Authority("authority");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([responder], null));
        byte[] serial = [0x10, .. RandomNumberGenerator.GetBytes(7)];
        using var issued = request.Create(authority, new DateTimeOffset(authority.NotBefore).AddHours(1), new DateTimeOffset(authority.NotAfter).AddHours(-1), serial);
        using var leaf = issued.CopyWithPrivateKey(key);
        _folder.Write("ca.pem", TestCertificates.Pem(authority));
        _folder.Write("index.txt", string.Create(CultureInfo.InvariantCulture, $"V\t{authority.NotAfter.ToUniversalTime():yyMMddHHmmss}Z\t\t{Convert.ToHexString(serial)}\tunknown\t/CN=localhost\n"));
        var options = new TlsCertificateOptions { Path = _folder.Write("chain.pem", TestCertificates.Pem(leaf) + authority.ExportCertificatePem() + "\n") };
        return await TlsProxy.StartAsync(tls =>
        {
            tls.Certificates["default"] = options;
            tls.OcspStapling = stapling;
        });
    }

    private async Task<WebApplication> StartResponderAsync()
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            var number = Interlocked.Increment(ref _asked);
            var request = _folder.Write($"{number}.request", Convert.FromBase64String(Uri.UnescapeDataString(context.Request.Path.Value![1..])));
            var answer = Path.Combine(_folder.Path, $"{number}.answer");
            string File(string name) => Path.Combine(_folder.Path, name);
            await OpenSsl.RunAsync("", "ocsp", "-index", File("index.txt"), "-CA", File("ca.pem"), "-rsigner", File("ca.pem"), "-reqin", request, "-respout", answer, "-ndays", "1");
            context.Response.ContentType = "application/ocsp-response";
            await context.Response.SendFileAsync(answer);
        });
        await app.StartAsync();
        return app;
    }
}
