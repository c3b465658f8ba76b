using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Requests that are not forwarded, whatever their route says.</summary>
internal static class RequestAdmission
{
    /// <summary>Judges a request.</summary>
    /// <returns>What to answer it with; status 0 for one that may go on.</returns>
    public static ForwardError Check(HttpContext context, ForwardingOptions options)
    {
        var method = context.Request.Method;
        switch (method.Length)
        {
            // A tunnel to wherever the client likes is a forward proxy's business; RFC 8441 websockets are the exception.
            case 7 when HttpMethods.IsConnect(method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true }:
                return ForwardError.MethodNotAllowed;
            case 5 when HttpMethods.IsTrace(method) && !options.AllowTrace:
                return ForwardError.MethodNotAllowed;
            default:
                return default;
        }
    }
}
