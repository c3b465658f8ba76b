using System.Net.Sockets;
using System.Security.Authentication;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads off an exception what happened to an attempt, for transports that do not say it themselves.</summary>
internal static class AttemptFailureReader
{
    // Error codes of RFC 9113 §7.
    private const long NoError = 0;
    private const long RefusedStream = 7;

    /// <summary>What happened, as far as can be told.</summary>
    public static AttemptFailure Read(Exception exception, HttpRequestMessage request) => exception switch
    {
        AttemptException attempt => attempt.Failure,
        NoDestinationException => new(AttemptFailureKinds.DestinationUnavailable, FailureSide.Proxy, SentState.NotConnected),
        OperationCanceledException when IsOutOfTime(request) => Unknown(AttemptFailureKinds.HttpResponseTimeout),
        OperationCanceledException { InnerException: TimeoutException } => NotConnected(AttemptFailureKinds.ConnectionTimeout),
        OperationCanceledException => new(AttemptFailureKinds.ConnectionTerminated, FailureSide.Client, SentState.Unknown),
        HttpRequestException e => Read(e),
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => Unknown(AttemptFailureKinds.HttpResponseIncomplete),
        IOException => Unknown(AttemptFailureKinds.ConnectionTerminated),
        _ => new(AttemptFailureKinds.ProxyInternalError, FailureSide.Proxy, SentState.Unknown),
    };

    /// <summary>What <see cref="SocketsHttpHandler"/> says of an attempt.</summary>
    public static AttemptFailure Read(HttpRequestException e)
    {
        return e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => NotConnected(AttemptFailureKinds.DnsError),
            HttpRequestError.ConnectionError => NotConnected(ConnectFailure(e)),
            HttpRequestError.SecureConnectionError =>
                NotConnected(e.InnerException is AuthenticationException ? AttemptFailureKinds.TlsCertificateError : AttemptFailureKinds.TlsProtocolError),
            HttpRequestError.ProxyTunnelError => NotConnected(AttemptFailureKinds.ConnectionRefused),
            HttpRequestError.VersionNegotiationError => NotConnected(AttemptFailureKinds.HttpProtocolError),
            HttpRequestError.ExtendedConnectNotSupported => NotConnected(AttemptFailureKinds.HttpUpgradeFailed),
            HttpRequestError.HttpProtocolError when IsUnprocessed(e) => new(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.Refused),
            HttpRequestError.HttpProtocolError when e.InnerException is HttpProtocolException { ErrorCode: NoError } => Unknown(AttemptFailureKinds.ConnectionTerminated),
            HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse => Unknown(AttemptFailureKinds.HttpProtocolError),
            HttpRequestError.ConfigurationLimitExceeded => Unknown(AttemptFailureKinds.HttpResponseHeaderSectionSize),
            HttpRequestError.ResponseEnded => Unknown(AttemptFailureKinds.HttpResponseIncomplete),
            _ => Unknown(AttemptFailureKinds.ConnectionTerminated),
        };
    }

    /// <summary>Whether the destination said that it has not acted on the request (RFC 9113 §8.7): by REFUSED_STREAM, or by a GOAWAY that names an earlier stream as the last one taken.</summary>
    /// <remarks>
    /// The handler does not say which streams a GOAWAY has named. But those that it would have sent again itself, and those alone, fail by an exception of its own whose reason was noted and
    /// never thrown; where the reason was thrown, its text is the outer one's, too, or a body was being sent. Taken as a no where it is not clear. Tests pin it.
    /// </remarks>
    private static bool IsUnprocessed(HttpRequestException e) =>
        e.InnerException is HttpProtocolException reason && (reason.ErrorCode == RefusedStream || (reason.StackTrace is null && reason.Message != e.Message));

    private static bool IsOutOfTime(HttpRequestMessage request) =>
        request is RoutedRequestMessage routed ? routed.IsOutOfTime : RequestRouting.Of(request) is { TimedOut: true };

    private static string ConnectFailure(HttpRequestException e) => (e.InnerException as SocketException)?.SocketErrorCode switch
    {
        SocketError.TimedOut => AttemptFailureKinds.ConnectionTimeout,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.AddressNotAvailable => AttemptFailureKinds.DestinationIpUnroutable,
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => AttemptFailureKinds.DnsError,
        _ => AttemptFailureKinds.ConnectionRefused,
    };

    private static AttemptFailure NotConnected(string kind) => new(kind, FailureSide.Destination, SentState.NotConnected);

    private static AttemptFailure Unknown(string kind) => new(kind, FailureSide.Destination, SentState.Unknown);
}
