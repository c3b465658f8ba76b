namespace Net2Secure.Routing.Proxying;

/// <summary>How the proxy as a whole forwards. Section <c>Net2Proxy:Forwarding</c>.</summary>
public sealed class ForwardingOptions
{
    /// <summary>The pseudonym that is appended to <c>Via</c> of requests (RFC 9110 §7.6.3): a token; empty (in configuration: <c>off</c>) sends no <c>Via</c>. Default: <c>net2</c>.</summary>
    public string Via { get; set; } = "net2";

    /// <summary>Protocols that a client may upgrade to (RFC 9110 §7.8): tokens. An <c>Upgrade</c> to another is not passed on. Default: <c>websocket</c>.</summary>
    public IList<string> UpgradeProtocols { get; set; } = ["websocket"];

    /// <summary>Time without a byte in either direction after which a tunnel (a WebSocket) is closed. 1 s to 7 d. Default: 1 h.</summary>
    public TimeSpan TunnelIdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Forwards <c>TRACE</c>, which can show a client fields that it did not send (RFC 9110 §9.3.8). Default: <see langword="false"/>: 405.</summary>
    public bool AllowTrace { get; set; }
}
