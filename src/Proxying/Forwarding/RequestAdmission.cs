using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Requests that are not forwarded, whatever their route says.</summary>
internal static class RequestAdmission
{
    /// <summary>Judges a request.</summary>
    /// <returns>What to answer it with; status 0 for one that may go on.</returns>
    public static ForwardError Check(HttpContext context, ForwardingOptions options, RequestGuardOptions limits)
    {
        var request = context.Request;
        if (request.Protocol is not ("HTTP/1.1" or "HTTP/1.0"))
        {
            // HTTP/1 was judged before the server saw it; of HTTP/2 and HTTP/3 the server lets through what must not reach a destination (RFC 9113 §8.2.1, §8.3).
            var verdict = FieldRules.CheckHttp2(context, limits, options.AllowTrace);
            if (!verdict.IsAccepted) return new(verdict.StatusCode, AttemptFailureKinds.HttpRequestError, FailureSide.Client);
        }

        return request.Method.Length switch
        {
            // A tunnel to wherever the client likes is a forward proxy's business; extended CONNECT (RFC 8441) is another matter.
            7 when HttpMethods.IsConnect(request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true } => ForwardError.MethodNotAllowed,
            5 when HttpMethods.IsTrace(request.Method) && !options.AllowTrace => ForwardError.MethodNotAllowed,
            _ => default,
        };
    }

    /// <summary>Whether the client wants to hear from the first server on the way only (RFC 9110 §7.6.2), which is this one.</summary>
    public static bool EndsHere(HttpRequest request) =>
        (HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method)) && IsZero(request.Headers["Max-Forwards"]);

    private static bool IsZero(in StringValues value) => value.Count == 1 && value[0].AsSpan().Trim() is { Length: > 0 } digits && digits.IndexOfAnyExcept('0') < 0;
}
