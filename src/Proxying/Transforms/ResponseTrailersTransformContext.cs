using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>The trailer fields as they will be sent, while they are being made.</summary>
public sealed class ResponseTrailersTransformContext
{
    internal ResponseTrailersTransformContext(HttpContext httpContext, HttpResponseMessage proxyResponse, IHeaderDictionary trailers)
    {
        HttpContext = httpContext;
        ProxyResponse = proxyResponse;
        Trailers = trailers;
    }

    /// <summary>The exchange with the client.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The response that came; its body has been read.</summary>
    public HttpResponseMessage ProxyResponse { get; }

    /// <summary>The trailer fields to be sent: already those that came, where the route copies them.</summary>
    public IHeaderDictionary Trailers { get; }

    /// <summary>Whether the trailer fields of the response were copied. Transforms of the route's own see to it. Default: <see langword="true"/>.</summary>
    internal bool HeadersCopied { get; set; } = true;
}
