namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>The certificates of one name: one of each kind, so that clients of any age can verify one.</summary>
internal sealed class HostCertificates
{
    private ServedCertificate? _ecdsa;
    private ServedCertificate? _other;

    /// <summary>Adds one, unless there is a better one of its kind: what the user named wins over what a certificate says of itself, then the one that ends last.</summary>
    public void Add(ServedCertificate certificate)
    {
        ref var place = ref IsEcdsa(certificate) ? ref _ecdsa : ref _other;
        if (place is null || (certificate.HasHostsOfItsOwn, certificate.NotAfter).CompareTo((place.HasHostsOfItsOwn, place.NotAfter)) > 0) place = certificate;
    }

    /// <summary>The same, with one certificate in its place whatever else there is.</summary>
    public HostCertificates With(ServedCertificate certificate) => IsEcdsa(certificate)
        ? new() { _ecdsa = certificate, _other = _other }
        : new() { _ecdsa = _ecdsa, _other = certificate };

    /// <summary>The one for a client: ECDSA, which costs the server least, where the client can verify it.</summary>
    public ServedCertificate Pick(TlsSignatures signatures)
    {
        if (_ecdsa is not null && (signatures & _ecdsa.Kind) != TlsSignatures.None) return _ecdsa;
        // One that it cannot verify is left to the handshake to refuse.
        return (_other ?? _ecdsa)!;
    }

    private static bool IsEcdsa(ServedCertificate certificate) => (certificate.Kind & TlsSignatures.Ecdsa) != TlsSignatures.None;
}
