using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Gives the certificates of the configuration to every https URL of the server that has none of its own.</summary>
internal sealed class KestrelTlsSetup(IEnumerable<IProxyConfigProvider> sources, IOptions<TlsOptions> coded, IHostEnvironment environment) : IConfigureOptions<KestrelServerOptions>
{
    private const string Default = "default";

    public void Configure(KestrelServerOptions options)
    {
        var certificates = Load();
        if (certificates.Count == 0) return;
        var main = certificates.GetValueOrDefault(Default) ?? certificates.Values.First();
        options.ConfigureHttpsDefaults(https =>
        {
            if (certificates.Count == 1)
            {
                https.ServerCertificate = main.Certificate;
                https.ServerCertificateChain = main.Intermediates;
            }
            else
            {
                https.ServerCertificateSelector = (_, name) => Select(certificates.Values, main, name);
            }
        });
    }

    private static X509Certificate2 Select(IEnumerable<LoadedCertificate> certificates, LoadedCertificate main, string? name)
    {
        if (string.IsNullOrEmpty(name)) return main.Certificate;
        foreach (var candidate in certificates)
        {
            if (candidate.Certificate.MatchesHostname(name)) return candidate.Certificate;
        }

        return main.Certificate;
    }

    private Dictionary<string, LoadedCertificate> Load()
    {
        var errors = new List<ConfigError>();
        var loaded = new Dictionary<string, LoadedCertificate>(StringComparer.OrdinalIgnoreCase);
        var configured = sources.Select(s => (s.GetConfig() as IRootedProxyConfig)?.Tls).FirstOrDefault(t => t is not null);
        foreach (var (name, certificate) in (configured ?? coded.Value).Certificates)
        {
            if (CertificateLoader.Load(certificate, environment.ContentRootPath, $"Tls:Certificates:{name}", errors) is { } found) loaded.Add(name, found);
        }

        if (errors.Count > 0) throw new OptionsValidationException(nameof(TlsOptions), typeof(TlsOptions), errors.Select(e => e.ToString()));
        return loaded;
    }
}
