using Net2Secure.Routing.Proxying.Shielding;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>What a port does with its connections. Immutable; a reload puts another in its place, and connections finish with the one that they began with.</summary>
internal sealed class TcpRoute
{
    private readonly TcpTarget? _fallback;
    private readonly NameTable<TcpTarget>? _names;

    /// <param name="name">The name of the port.</param>
    /// <param name="options">Its settings, validated.</param>
    /// <param name="targets">Makes the way to a cluster.</param>
    public TcpRoute(string name, TcpListenerOptions options, Func<string, TcpTarget> targets)
    {
        Name = name;
        Networks = NetworkRule.From(options.AllowNetworks, options.DenyNetworks);
        SendProxyProtocol = options.SendProxyProtocol;
        (HelloTimeout, IdleTimeout, MaxConnections) = (options.HelloTimeout, options.IdleTimeout, options.MaxConnections);
        _fallback = string.IsNullOrEmpty(options.ClusterId) ? null : targets(options.ClusterId);
        if (options.ServerNames.Count > 0)
            _names = new(options.ServerNames.Select(n => KeyValuePair.Create(TlsHostNames.Normalize(n.Key), targets(n.Value))));
    }

    public string Name { get; }

    public NetworkRule? Networks { get; }

    public ProxyProtocolVersion SendProxyProtocol { get; }

    public TimeSpan HelloTimeout { get; }

    public TimeSpan IdleTimeout { get; }

    public int MaxConnections { get; }

    /// <summary>Whether the name in the handshake decides, so that it has to be waited for.</summary>
    public bool ReadsHello => _names is not null;

    /// <summary>The way to the cluster for a name; <see langword="null"/>: there is none.</summary>
    public TcpTarget? Find(string? serverName) => (serverName is null ? null : _names?.Find(serverName)) ?? _fallback;
}
