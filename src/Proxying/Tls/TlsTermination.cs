using Net2Secure.Routing.Proxying.Acme;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Decides on connections: proofs for an authority first, whatever terminator there is, then the terminator.</summary>
internal sealed class TlsTermination(ITlsTerminator terminator, AcmeChallenges challenges)
{
    /// <summary>Whether the application has brought a terminator of its own.</summary>
    public bool IsOfTheApplication => terminator is not CertificateTerminator;

    public TlsConnectionPolicy? Choose(in TlsClientHello hello) =>
        hello is { IsAcmeChallenge: true, ServerName: { } host } && challenges.FindHandshake(host) is { } proof ? proof : terminator.Choose(hello);
}
