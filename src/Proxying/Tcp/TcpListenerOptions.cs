namespace Net2Secure.Routing.Proxying;

/// <summary>A port whose connections are passed through to a cluster as they are: TLS without ending it, or anything else over TCP.</summary>
public sealed class TcpListenerOptions
{
    /// <summary>Where it listens: an address and a port, such as <c>0.0.0.0:5432</c> or <c>[::]:443</c>, or <c>*</c> and a port for every address. Required.</summary>
    public string Address { get; set; } = "";

    /// <summary>The cluster of connections that no name of <see cref="ServerNames"/> is for. Default: none, they are closed.</summary>
    public string? ClusterId { get; set; }

    /// <summary>Clusters by the name that a client asks for in its TLS handshake (SNI): hosts, or <c>*.</c> and a domain for every name one step below it. With any, only TLS is taken. Default: none.</summary>
    public IDictionary<string, string> ServerNames { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The PROXY protocol with which connections to destinations begin: <c>None</c>, <c>V1</c> or <c>V2</c>. Default: <c>None</c>.</summary>
    public ProxyProtocolVersion SendProxyProtocol { get; set; }

    /// <summary>Time that a client has for what says where it wants to go: the first message of TLS. 100 ms to 1 min. Default: 5 s.</summary>
    public TimeSpan HelloTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time without a byte in either direction after which a connection is closed. 1 s to 7 d. Default: 1 h.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Most connections at once; further ones are closed. 1 to 1,000,000. Default: 10,000.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Networks whose clients may come, beside those of <c>Shielding</c>. Default: all.</summary>
    public IList<string> AllowNetworks { get; set; } = [];

    /// <summary>Networks whose clients may not come, even if they are allowed. Default: none.</summary>
    public IList<string> DenyNetworks { get; set; } = [];
}
