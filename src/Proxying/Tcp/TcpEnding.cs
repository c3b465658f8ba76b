using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Why a connection ended, where both sides did not simply finish.</summary>
/// <param name="Name">For programs: a kind of RFC 9209 where there is one.</param>
/// <param name="Status">The status under which nginx's stream module writes down the like.</param>
/// <param name="Text">For people.</param>
/// <param name="IsRefusal">Whether it was closed before it had gone anywhere.</param>
internal sealed record TcpEnding(string Name, int Status, string Text, bool IsRefusal = true)
{
    /// <summary>The status of a connection that ended in order.</summary>
    public const int InOrder = 200;

    private const int NotUnderstood = 400;
    private const int Denied = 403;
    private const int TooLate = 408;
    private const int ClientGone = 499;
    private const int Internal = 500;
    private const int NoDestination = 502;
    private const int Limited = 503;

    public static TcpEnding PortFull { get; } = new("connection_limit", Limited, "there are as many as may be");

    public static TcpEnding AddressFull { get; } = new("address_limit", Limited, "its address has as many open as it may");

    public static TcpEnding NetworkDenied { get; } = new("network_denied", Denied, "its network may not come");

    public static TcpEnding NotTls { get; } = new("not_tls", NotUnderstood, "it does not begin with a TLS handshake");

    public static TcpEnding NameUnknown { get; } = new("name_unknown", NotUnderstood, "no cluster is for the name that it asks for");

    public static TcpEnding HelloTimeout { get; } = new("hello_timeout", TooLate, "it took too long to say where it wants to go");

    public static TcpEnding HostStops { get; } = new("host_stopping", Limited, "the host stops");

    public static TcpEnding Left { get; } = new("client_gone", ClientGone, "the client is gone");

    public static TcpEnding Idle { get; } = new("idle_timeout", InOrder, "nothing has moved for too long", IsRefusal: false);

    public static TcpEnding Terminated { get; } = new(AttemptFailureKinds.ConnectionTerminated, NoDestination, "one side broke it off", IsRefusal: false);

    public static TcpEnding Stopped { get; } = new("host_stopping", Limited, "the host stops", IsRefusal: false);

    public static TcpEnding Failed { get; } = new(AttemptFailureKinds.ProxyInternalError, Internal, "the proxy itself failed", IsRefusal: false);

    /// <summary>A header of the PROXY protocol that is none.</summary>
    public static TcpEnding ProxyHeader(string problem) => new("proxy_header", NotUnderstood, problem);

    /// <summary>No destination could be connected to.</summary>
    public static TcpEnding NotConnected(Exception reason) => new(reason switch
    {
        AttemptException attempt => attempt.Failure.Kind,
        NoDestinationException => AttemptFailureKinds.DestinationUnavailable,
        OperationCanceledException => AttemptFailureKinds.ConnectionTimeout,
        _ => AttemptFailureKinds.DestinationUnavailable,
    }, NoDestination, reason.Message, IsRefusal: false);
}
