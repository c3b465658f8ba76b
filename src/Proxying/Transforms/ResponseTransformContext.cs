using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>The response as it will be sent, while it is being made.</summary>
public sealed class ResponseTransformContext
{
    internal ResponseTransformContext(HttpContext httpContext, HttpResponseMessage? proxyResponse)
    {
        HttpContext = httpContext;
        ProxyResponse = proxyResponse;
    }

    /// <summary>The response to be sent is <see cref="HttpContext.Response"/>: it already has the status and the fields that came, where the route copies them.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The response that came; <see langword="null"/> when none did.</summary>
    public HttpResponseMessage? ProxyResponse { get; }

    /// <summary>Set to leave the body of the response out. Default: <see langword="false"/>.</summary>
    public bool SuppressResponseBody { get; set; }

    /// <summary>Whether the fields of the response were copied. Transforms of the route's own see to it. Default: <see langword="true"/>.</summary>
    internal bool HeadersCopied { get; set; } = true;

    /// <summary>Cancelled when the request is given up.</summary>
    public CancellationToken CancellationToken { get; internal init; }
}
