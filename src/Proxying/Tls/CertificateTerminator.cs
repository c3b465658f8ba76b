namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Chooses among the certificates of the settings, by name and by what the client can verify.</summary>
internal sealed class CertificateTerminator(TlsState state) : ITlsTerminator
{
    public TlsConnectionPolicy? Choose(in TlsClientHello hello) => state.Current?.Choose(hello);
}
