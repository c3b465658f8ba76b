using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>What the client is told when a request could not be forwarded: a status, and the type of RFC 9209.</summary>
/// <param name="Status">Status code; 0 when there is nobody to tell.</param>
/// <param name="Kind">One of <see cref="AttemptFailureKinds"/>.</param>
/// <param name="Side">Whose doing it was.</param>
/// <param name="RetryAfter">When another request may fare better, where that is known.</param>
internal readonly record struct ForwardError(int Status, string Kind, FailureSide Side, TimeSpan? RetryAfter = null)
{
    public static ForwardError BadTarget { get; } = new(StatusCodes.Status400BadRequest, AttemptFailureKinds.HttpRequestError, FailureSide.Client);

    public static ForwardError MethodNotAllowed { get; } = new(StatusCodes.Status405MethodNotAllowed, AttemptFailureKinds.HttpRequestDenied, FailureSide.Client);

    public static ForwardError NotAdmitted { get; } = new(StatusCodes.Status403Forbidden, AttemptFailureKinds.HttpRequestDenied, FailureSide.Client);

    public static ForwardError UnknownCoding { get; } = new(StatusCodes.Status415UnsupportedMediaType, AttemptFailureKinds.HttpRequestDenied, FailureSide.Client);

    public static ForwardError NotForClients { get; } = new(StatusCodes.Status502BadGateway, AttemptFailureKinds.HttpProtocolError, FailureSide.Destination);

    public static ForwardError UpgradeFailed { get; } = new(StatusCodes.Status502BadGateway, AttemptFailureKinds.HttpUpgradeFailed, FailureSide.Destination);

    /// <summary>Reads the outcome off what is known: who ended the request, whether the client's body failed, and what the pipeline threw.</summary>
    public static ForwardError From(Exception exception, ForwardScope scope, ForwardedRequestBody? body)
    {
        if (scope.Reason == ForwardEnd.ClientGone) return new(0, AttemptFailureKinds.ConnectionTerminated, FailureSide.Client);
        if (scope.Reason == ForwardEnd.ClientStalled) return new(StatusCodes.Status408RequestTimeout, AttemptFailureKinds.HttpRequestError, FailureSide.Client);
        if (scope.Reason is ForwardEnd.Inactive or ForwardEnd.Overdue)
            return new(StatusCodes.Status504GatewayTimeout, AttemptFailureKinds.HttpResponseTimeout, FailureSide.Destination);
        if (body?.ClientFailure is BadHttpRequestException bad) return new(bad.StatusCode, AttemptFailureKinds.HttpRequestError, FailureSide.Client);
        if (body?.ClientFailure is not null) return new(0, AttemptFailureKinds.ConnectionTerminated, FailureSide.Client);
        return exception switch
        {
            NoDestinationException none => From(none),
            AttemptException attempt => From(attempt.Failure),
            HttpRequestException or HttpIOException => new(StatusCodes.Status502BadGateway, AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination),
            OperationCanceledException => new(StatusCodes.Status504GatewayTimeout, AttemptFailureKinds.ConnectionTimeout, FailureSide.Destination),
            BadHttpRequestException e => new(e.StatusCode, AttemptFailureKinds.HttpRequestError, FailureSide.Client),
            _ => new(StatusCodes.Status500InternalServerError, AttemptFailureKinds.ProxyInternalError, FailureSide.Proxy),
        };
    }

    /// <summary>How the destination cut short an answer that had begun; <see langword="null"/> when it was not the destination.</summary>
    public static AttemptFailure? CutBy(Exception exception, ForwardScope scope) => exception switch
    {
        _ when scope.Reason != ForwardEnd.None =>
            scope.IsDestinationLate ? new(AttemptFailureKinds.ConnectionReadTimeout, FailureSide.Destination, SentState.AnswerBegun) : null,
        AttemptException attempt => attempt.Failure,
        HttpRequestException or HttpIOException => new(AttemptFailureKinds.HttpResponseIncomplete, FailureSide.Destination, SentState.AnswerBegun),
        _ => null,
    };

    private static ForwardError From(NoDestinationException none)
    {
        var kind = none.Reason == NoDestinationReason.NoneUsable ? AttemptFailureKinds.DestinationUnavailable : AttemptFailureKinds.ConnectionLimitReached;
        return new(StatusCodes.Status503ServiceUnavailable, kind, FailureSide.Proxy, none.RetryAfter);
    }

    private static ForwardError From(in AttemptFailure failure)
    {
        var status = failure.Side == FailureSide.Client
            ? StatusCodes.Status400BadRequest
            : failure.Kind switch
            {
                AttemptFailureKinds.ConnectionTimeout or AttemptFailureKinds.ConnectionReadTimeout or AttemptFailureKinds.ConnectionWriteTimeout
                    or AttemptFailureKinds.HttpResponseTimeout => StatusCodes.Status504GatewayTimeout,
                AttemptFailureKinds.ConnectionLimitReached or AttemptFailureKinds.DestinationUnavailable => StatusCodes.Status503ServiceUnavailable,
                AttemptFailureKinds.ProxyInternalError or AttemptFailureKinds.ProxyConfigurationError => StatusCodes.Status500InternalServerError,
                _ => StatusCodes.Status502BadGateway,
            };
        return new(status, failure.Kind, failure.Side);
    }
}
