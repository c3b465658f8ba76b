using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Testing;

/// <summary>Failures in the form that <see cref="SocketsHttpHandler"/> gives them.</summary>
internal static class BackendFailures
{
    /// <summary>Answers by failing: throws, or returns the answer that is the failure.</summary>
    /// <param name="failure">How.</param>
    /// <param name="body">The body that an answer would have had.</param>
    public static HttpResponseMessage Make(BackendFailure failure, byte[] body) => failure switch
    {
        BackendFailure.Refused => throw Connect(SocketError.ConnectionRefused, HttpRequestError.ConnectionError),
        BackendFailure.NameNotFound => throw Connect(SocketError.HostNotFound, HttpRequestError.NameResolutionError),
        BackendFailure.ConnectTimeout => throw new TaskCanceledException("A connection could not be established within the configured ConnectTimeout.", new TimeoutException()),
        BackendFailure.Reset => throw new HttpRequestException("An error occurred while sending the request.", Reset()),
        BackendFailure.ResetInBody => new HttpResponseMessage(HttpStatusCode.OK) { Content = new BrokenContent(body) },
        BackendFailure.ServiceUnavailable => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
        _ => new HttpResponseMessage(HttpStatusCode.InternalServerError),
    };

    /// <summary>Whether it comes about before a backend sees anything of the request.</summary>
    public static bool IsBeforeRequest(BackendFailure failure) => failure is BackendFailure.Refused or BackendFailure.ConnectTimeout or BackendFailure.NameNotFound;

    public static IOException Reset() =>
        new("Unable to read data from the transport connection: Connection reset by peer.", new SocketException((int)SocketError.ConnectionReset));

    private static HttpRequestException Connect(SocketError error, HttpRequestError kind)
    {
        var reason = new SocketException((int)error);
        return new HttpRequestException(kind, reason.Message, reason);
    }
}
