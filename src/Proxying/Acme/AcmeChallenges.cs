using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>The proofs that an authority may come for at the moment: in memory, and in the shared storage for when it comes to another replica.</summary>
internal sealed class AcmeChallenges(TlsState state, TimeProvider time)
{
    private const string ProofExtension = "1.3.6.1.5.5.7.1.31";
    private const int LongestToken = 128;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly ConcurrentDictionary<string, string> _tokens = [];
    private readonly ConcurrentDictionary<string, TlsConnectionPolicy> _handshakes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a text is a token (RFC 8555 §8.3): it becomes the name of a file.</summary>
    public static bool IsToken(string text) => text.Length is > 0 and <= LongestToken && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>Keeps a proof ready, until it is disposed.</summary>
    public IDisposable Present(string host, AcmeChallengeType type, string token, string authorization)
    {
        var storage = Storage()!;
        if (type == AcmeChallengeType.Http01)
        {
            _tokens[token] = authorization;
            storage.WriteProof(token, authorization);
            return new Proof(() =>
            {
                _tokens.TryRemove(token, out _);
                storage.RemoveProof(token);
            });
        }

        _handshakes[host] = CreatePolicy(host, authorization);
        storage.WriteProof(HandshakeName(host), authorization);
        return new Proof(() =>
        {
            _handshakes.TryRemove(host, out _);
            storage.RemoveProof(HandshakeName(host));
        });
    }

    /// <summary>What to answer to a request for a token.</summary>
    public string? Find(string token) => !IsToken(token) ? null : _tokens.TryGetValue(token, out var known) ? known : Storage()?.ReadProof(token);

    /// <summary>What to show in a handshake by which an authority validates a host (RFC 8737 §3).</summary>
    public TlsConnectionPolicy? FindHandshake(string host)
    {
        if (_handshakes.TryGetValue(host, out var known)) return known;
        // Only hosts of the settings: the name comes from anybody.
        if (state.Options.Acme is not { } acme || !AcmeRules.Has(acme, host)) return null;
        return Storage()?.ReadProof(HandshakeName(host)) is { } authorization ? CreatePolicy(host, authorization) : null;
    }

    // A dot is no part of a token, so that the two never meet.
    private static string HandshakeName(string host) => "handshake." + host.ToLowerInvariant();

    private AcmeStorage? Storage() => state.Options.Acme is { } acme ? new AcmeStorage(AcmeStorage.FolderOf(acme, state.BasePath)) : null;

    private TlsConnectionPolicy CreatePolicy(string host, string authorization)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        // An octet string of 32 octets, in DER.
        byte[] proof = [0x04, 0x20, .. SHA256.HashData(Encoding.ASCII.GetBytes(authorization))];
        request.CertificateExtensions.Add(new X509Extension(ProofExtension, proof, critical: true));
        var now = time.GetUtcNow();
        var certificate = CertificateLoader.Servable(request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1)));
        return new TlsConnectionPolicy(SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true)) { ApplicationProtocols = [new SslApplicationProtocol("acme-tls/1")] };
    }

    private sealed class Proof(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
