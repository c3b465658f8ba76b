namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>What a TLS connection began with; a feature of the connection.</summary>
internal sealed class TlsHandshake(TlsClientHello hello)
{
    public TlsClientHello Hello => hello;
}
