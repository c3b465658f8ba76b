using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>The request as it will be sent, while it is being made.</summary>
public sealed class RequestTransformContext
{
    internal RequestTransformContext(HttpContext httpContext, RoutedRequestMessage proxyRequest, string path, string query)
    {
        HttpContext = httpContext;
        ProxyRequest = proxyRequest;
        Path = path;
        Query = query;
    }

    /// <summary>The request as it came. If a transform sets its status code or writes an answer, the request is not forwarded.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The request to be sent. Its fields are already those of the incoming one, where the route copies them; its URL is set after a destination has been picked.</summary>
    public RoutedRequestMessage ProxyRequest { get; }

    /// <summary>The path to be asked for, escaped, as the client sent it unless changed. Begins with a slash, or is <c>*</c>.</summary>
    public string Path { get; set; }

    /// <summary>The query to be asked for, escaped, as the client sent it unless changed: empty, or with the question mark.</summary>
    public string Query { get; set; }

    /// <summary>Cancelled when the request is given up.</summary>
    public CancellationToken CancellationToken { get; internal init; }
}
