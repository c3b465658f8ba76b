using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Net2Secure.Routing.Balancing;
using Kinds = Net2Secure.Routing.Balancing.AttemptFailureKinds;

namespace Net2Secure.Routing.Proxying;

/// <summary>The failures of the transport, in one place, each with its kind and side.</summary>
internal static class TransportErrors
{
    public static AttemptException InvalidRequest(string what, SentState sent = SentState.NotConnected) =>
        new(new(Kinds.HttpRequestError, FailureSide.Client, sent), $"The request cannot be sent: {what}.");

    public static AttemptException Misuse(string what) =>
        new(new(Kinds.ProxyInternalError, FailureSide.Proxy, SentState.NotConnected), what);

    public static AttemptException BodyFailed(Exception cause, SentState sent) =>
        new(new(Kinds.HttpRequestError, FailureSide.Client, sent), "The request body could not be read to its end.", cause);

    public static AttemptException Protocol(string what) =>
        new(new(Kinds.HttpProtocolError, FailureSide.Destination, SentState.AnswerBegun), $"The response is malformed: {what}.");

    public static AttemptException HeadTooLarge(string what) =>
        new(new(Kinds.HttpResponseHeaderSectionSize, FailureSide.Destination, SentState.AnswerBegun), $"The response head is too large: {what}.");

    public static AttemptException UpgradeFailed(string what) =>
        new(new(Kinds.HttpUpgradeFailed, FailureSide.Destination, SentState.AnswerBegun), $"The upgrade failed: {what}.");

    public static AttemptException Incomplete(Exception? cause = null) =>
        new(new(Kinds.HttpResponseIncomplete, FailureSide.Destination, SentState.AnswerBegun), "The connection ended before the response did.", cause);

    public static AttemptException Terminated(SentState sent, Exception? cause = null, bool wasIdle = false) =>
        new(new(Kinds.ConnectionTerminated, FailureSide.Destination, sent) { IsIdleClose = wasIdle }, "The connection ended before a response came.", cause);

    public static AttemptException LimitReached(string what) =>
        new(new(Kinds.ConnectionLimitReached, FailureSide.Proxy, SentState.NotConnected), what);

    public static AttemptException ConnectTimedOut(EndpointKey endpoint, Exception? cause = null) =>
        new(new(Kinds.ConnectionTimeout, FailureSide.Destination, SentState.NotConnected), $"Connecting to {endpoint.Authority} took too long.", cause);

    public static AttemptException NotResolved(EndpointKey endpoint, Exception? cause = null) =>
        new(new(Kinds.DnsError, FailureSide.Destination, SentState.NotConnected), $"The name '{endpoint.Host}' does not resolve.", cause);

    public static AttemptException ConnectFailed(EndpointKey endpoint, Exception cause)
    {
        var error = (cause as SocketException ?? cause.InnerException as SocketException)?.SocketErrorCode;
        var (kind, side) = error switch
        {
            SocketError.TimedOut => (Kinds.ConnectionTimeout, FailureSide.Destination),
            SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown or SocketError.AddressFamilyNotSupported =>
                (Kinds.DestinationIpUnroutable, FailureSide.Destination),
            SocketError.AddressNotAvailable or SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AccessDenied =>
                (Kinds.ConnectionLimitReached, FailureSide.Proxy),
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => (Kinds.DnsError, FailureSide.Destination),
            SocketError.ConnectionReset or SocketError.ConnectionAborted => (Kinds.ConnectionTerminated, FailureSide.Destination),
            _ => (Kinds.ConnectionRefused, FailureSide.Destination),
        };
        return new(new(kind, side, SentState.NotConnected), $"No connection to {endpoint.Authority}: {cause.Message}", cause);
    }

    public static AttemptException TunnelRefused(EndpointKey proxy, EndpointKey endpoint, int status) =>
        new(new(Kinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected), $"The HTTP proxy {proxy.Authority} answered {status} when asked for a tunnel to {endpoint.Authority}.");

    public static AttemptException TlsFailed(EndpointKey endpoint, Exception cause, SslPolicyErrors? rejected)
    {
        var kind = rejected is not null ? Kinds.TlsCertificateError
            : cause is AuthenticationException or IOException ? Kinds.TlsProtocolError
            : Kinds.ConnectionTerminated;
        var why = rejected is { } errors and not SslPolicyErrors.None ? $"its certificate was not accepted ({errors})" : cause.Message;
        return new(new(kind, FailureSide.Destination, SentState.NotConnected), $"The TLS handshake with {endpoint.Authority} failed: {why}", cause);
    }
}
