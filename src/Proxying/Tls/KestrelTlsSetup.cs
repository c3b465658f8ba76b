using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Gives the certificates of the configuration to every https URL of the server that has none of its own.</summary>
internal sealed class KestrelTlsSetup(
    IEnumerable<IProxyConfigProvider> sources, IOptions<TlsOptions> coded, IHostEnvironment environment, TimeProvider time, ILogger<KestrelTlsSetup> logger)
    : IConfigureOptions<KestrelServerOptions>
{
    private const string Default = "default";
    private static readonly object NameKey = new();

    public void Configure(KestrelServerOptions options)
    {
        var certificates = Load();
        if (certificates.Count == 0) return;
        var main = certificates.GetValueOrDefault(Default) ?? certificates.Values.First();
        options.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificate = main.Certificate;
            https.ServerCertificateChain = main.Intermediates;
            if (certificates.Count > 1) SelectByName(https, [.. certificates.Values.Select(c => new Candidate(c))], new Candidate(main).Context);
        });
    }

    /// <summary>Lets the name that a client asks for decide.</summary>
    /// <remarks>The server's own callback for that gives out certificates without their intermediates, which most clients then cannot trust. So the name is read before the handshake.</remarks>
    private static void SelectByName(HttpsConnectionAdapterOptions https, Candidate[] candidates, SslStreamCertificateContext main)
    {
        https.TlsClientHelloBytesCallback = static (connection, hello) => connection.Items[NameKey] = ClientHello.ServerName(hello);
        https.OnAuthenticate = (connection, tls) => tls.ServerCertificateContext = Select(connection, candidates) ?? main;
    }

    private static SslStreamCertificateContext? Select(ConnectionContext connection, Candidate[] candidates)
    {
        if (!connection.Items.TryGetValue(NameKey, out var value) || value is not string name) return null;
        foreach (var candidate in candidates)
        {
            if (candidate.Loaded.Certificate.MatchesHostname(name)) return candidate.Context;
        }

        return null;
    }

    private Dictionary<string, LoadedCertificate> Load()
    {
        var errors = new List<ConfigError>();
        var loaded = new Dictionary<string, LoadedCertificate>(StringComparer.OrdinalIgnoreCase);
        var configured = sources.Select(s => (s.GetConfig() as IRootedProxyConfig)?.Tls).FirstOrDefault(t => t is not null);
        foreach (var (name, certificate) in (configured ?? coded.Value).Certificates)
        {
            if (CertificateLoader.Load(certificate, environment.ContentRootPath, $"Tls:Certificates:{name}", errors) is not { } found) continue;
            loaded.Add(name, found);
            WarnOfTime(name, found);
        }

        if (errors.Count > 0) throw new OptionsValidationException(nameof(TlsOptions), typeof(TlsOptions), errors.Select(e => e.ToString()));
        return loaded;
    }

    private void WarnOfTime(string name, LoadedCertificate loaded)
    {
        var now = time.GetUtcNow();
        var (from, until) = (new DateTimeOffset(loaded.Certificate.NotBefore), new DateTimeOffset(loaded.Certificate.NotAfter));
        if (until < now) TlsLog.Expired(logger, name, loaded.Certificate.Subject, until);
        else if (from > now) TlsLog.NotYetValid(logger, name, loaded.Certificate.Subject, from);
    }

    private sealed class Candidate(LoadedCertificate loaded)
    {
        public LoadedCertificate Loaded => loaded;

        public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(loaded.Certificate, loaded.Intermediates, offline: true);
    }
}
