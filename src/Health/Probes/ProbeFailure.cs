using System.Net.Sockets;
using System.Security.Authentication;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Names what kept a probe from its answer, as attempts of traffic name it.</summary>
internal static class ProbeFailure
{
    /// <summary>What happened, or <see langword="null"/> for what no probe is expected to meet.</summary>
    public static ProbeResult? Read(Exception exception) => exception switch
    {
        HttpRequestException e => ProbeResult.Failed(AttemptFailureReader.Read(e).Kind),
        HttpIOException e => ProbeResult.Failed(AttemptFailureReader.Read(new HttpRequestException(e.HttpRequestError, message: null, e)).Kind),
        IOException => ProbeResult.Failed(AttemptFailureKinds.ConnectionTerminated),
        SocketException e => ProbeResult.Failed(AttemptFailureReader.Read(new HttpRequestException(HttpRequestError.ConnectionError, message: null, e)).Kind),
        AuthenticationException => ProbeResult.Failed(AttemptFailureKinds.TlsCertificateError),
        _ => null,
    };
}
