namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>A request to change the protocol, on its way.</summary>
/// <param name="Protocol">What the client asked for, for example <c>websocket</c>.</param>
/// <param name="FromHttp2">Whether the client asked by extended CONNECT (RFC 8441, RFC 9220) rather than by <c>Upgrade</c>.</param>
/// <param name="ToHttp2">Whether the destination is asked by extended CONNECT.</param>
/// <param name="WebSocketKey">The key the destination has to answer (client of HTTP/2, destination of HTTP/1.1), or the client's (the other way round).</param>
internal sealed record PreparedUpgrade(string Protocol, bool FromHttp2, bool ToHttp2, string? WebSocketKey);
