using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Authentication;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Everything that a handshake asks for, at one moment. Immutable.</summary>
internal sealed class TlsTable
{
    private const string Default = "default";

    private readonly NameTable<HostCertificates> _hosts;
    private readonly HostCertificates? _main;
    private readonly bool _isStrict;
    private readonly SslProtocols _protocols;
    private readonly CipherSuitesPolicy? _suites;
    private readonly ConcurrentDictionary<(ServedCertificate Certificate, ClientCertificateRule Rule), TlsConnectionPolicy> _policies = [];

    public TlsTable(TlsOptions options, IReadOnlyList<ServedCertificate> certificates, ClientCertificateRules clients)
    {
        Certificates = certificates;
        Clients = clients;
        _isStrict = options.StrictSni;
        _protocols = options.MinimumProtocol == SslProtocols.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
        if (options.CipherSuites.Count > 0 && !OperatingSystem.IsWindows())
        {
#pragma warning disable CA1416 // asked for just above
            _suites = new CipherSuitesPolicy(options.CipherSuites.Select(s => Enum.Parse<TlsCipherSuite>(s, ignoreCase: true)));
#pragma warning restore CA1416
        }

        var hosts = new Dictionary<string, HostCertificates>(StringComparer.OrdinalIgnoreCase);
        foreach (var certificate in certificates)
        {
            foreach (var name in certificate.Hosts)
            {
                if (!hosts.TryGetValue(name, out var host)) hosts.Add(name, host = new());
                host.Add(certificate);
            }
        }

        _hosts = new(hosts);
        if (certificates.Count == 0) return;
        var main = certificates.FirstOrDefault(c => string.Equals(c.Name, Default, StringComparison.OrdinalIgnoreCase)) ?? certificates[0];
        // One of the other kind for the same name stands beside it.
        _main = (main.Hosts.Count > 0 ? hosts[main.Hosts[0]] : new()).With(main);
    }

    public IReadOnlyList<ServedCertificate> Certificates { get; }

    public ClientCertificateRules Clients { get; }

    /// <summary>The policy of a connection; <see langword="null"/> where there is no certificate for it.</summary>
    public TlsConnectionPolicy? Choose(in TlsClientHello hello)
    {
        var host = hello.ServerName is { } name ? _hosts.Find(name) : null;
        if (host is null)
        {
            if (_isStrict || _main is null) return null;
            host = _main;
        }

        return _policies.GetOrAdd(
            (host.Pick(hello.Signatures), Clients.Find(hello.ServerName)),
            static (key, own) => new TlsConnectionPolicy(key.Certificate.ContextFor(key.Rule))
            {
                Protocols = own._protocols,
                CipherSuites = own._suites,
                ClientCertificates = key.Rule.Mode,
                ClientChain = key.Rule.Chain,
                ClientRevocation = key.Rule.Lists,
            },
            this);
    }
}
