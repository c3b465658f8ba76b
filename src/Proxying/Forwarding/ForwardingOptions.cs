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

    /// <summary>
    /// Time that a client has for each 2,400 octets of a request body, counted while they are waited for. Above it 408, and the destination's connection is closed. Does
    /// not count for gRPC, whose streams may be quiet. 1 s to 1 h. Default: 10 s.
    /// </summary>
    public TimeSpan ClientSendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a client has to take what waits for it of a response (some 64 KiB), before it counts as gone. 1 s to 1 h. Default: 30 s.</summary>
    public TimeSpan ClientReceiveTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Forwards <c>TRACE</c>, which can show a client fields that it did not send (RFC 9110 §9.3.8). Default: <see langword="false"/>: 405.</summary>
    public bool AllowTrace { get; set; }

    /// <summary>What becomes of the context of a trace that a client sends (W3C Trace Context). Default: <see cref="TraceContextMode.Propagate"/>.</summary>
    public TraceContextMode TraceContext { get; set; }
}
