using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>A certificate that is ready to be served.</summary>
internal sealed class ServedCertificate
{
    private const string AuthorityInformation = "1.3.6.1.5.5.7.1.1";

    private readonly ConcurrentDictionary<ClientCertificateRule, SslStreamCertificateContext> _contexts = [];
    private readonly LoadedCertificate _loaded;
    private readonly bool _isOffline;

    /// <param name="name">Its name in the settings.</param>
    /// <param name="loaded">The certificate.</param>
    /// <param name="hosts">The names that it is for; empty for those in it.</param>
    /// <param name="stapling">Whether what the authority says of its revocation is sent along, where that can be.</param>
    public ServedCertificate(string name, LoadedCertificate loaded, IEnumerable<string> hosts, bool stapling)
    {
        Name = name;
        _loaded = loaded;
        Hosts = [.. hosts.Select(TlsHostNames.Normalize)];
        HasHostsOfItsOwn = Hosts.Count > 0;
        if (!HasHostsOfItsOwn) Hosts = TlsHostNames.Of(loaded.Certificate);
        Kind = KindOf(loaded.Certificate);
        (NotBefore, NotAfter) = (new DateTimeOffset(loaded.Certificate.NotBefore), new DateTimeOffset(loaded.Certificate.NotAfter));
        _isOffline = !stapling || !CanStaple(loaded);
    }

    public string Name { get; }

    public IReadOnlyList<string> Hosts { get; }

    /// <summary>Whether the user said what it is for.</summary>
    public bool HasHostsOfItsOwn { get; }

    public TlsSignatures Kind { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    public string Subject => _loaded.Certificate.Subject;

    /// <summary>Its context for connections under a rule: made once, because sessions are resumed only under the one they began with, and one for each rule, so that none is resumed under another.</summary>
    public SslStreamCertificateContext ContextFor(ClientCertificateRule rule) => _contexts.GetOrAdd(
        rule,
        static (rule, own) => SslStreamCertificateContext.Create(own._loaded.Certificate, own._loaded.Intermediates, own._isOffline, rule.Trust),
        this);

    /// <summary>Lets go of it. Only of one that has never served: a handshake may hold any other.</summary>
    public void Release()
    {
        _loaded.Certificate.Dispose();
        foreach (var intermediate in _loaded.Intermediates) intermediate.Dispose();
    }

    /// <summary>Without its issuers at hand the platform would look for them in the network, and hold up whoever asks first.</summary>
    private static bool CanStaple(LoadedCertificate loaded)
    {
        if (!OperatingSystem.IsLinux() || loaded.Certificate.Extensions[AuthorityInformation] is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ExtraStore.AddRange(loaded.Intermediates);
        chain.Build(loaded.Certificate);
        return chain.ChainElements.Count > 1 && !chain.ChainStatus.Any(s => s.Status.HasFlag(X509ChainStatusFlags.PartialChain));
    }

    private static TlsSignatures KindOf(X509Certificate2 certificate)
    {
        using var ecdsa = certificate.GetECDsaPublicKey();
        if (ecdsa is not null)
        {
            return ecdsa.KeySize switch
            {
                <= 256 => TlsSignatures.EcdsaP256,
                <= 384 => TlsSignatures.EcdsaP384,
                _ => TlsSignatures.EcdsaP521,
            };
        }

        using var rsa = certificate.GetRSAPublicKey();
        return rsa is null ? TlsSignatures.None : TlsSignatures.Rsa;
    }
}
