using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>The request as it will be sent, while it is being made.</summary>
public sealed class RequestTransformContext
{
    private readonly string _unchanged;
    private string? _path;
    private string? _query;

    internal RequestTransformContext(HttpContext httpContext, RoutedRequestMessage proxyRequest, string pathAndQuery)
    {
        HttpContext = httpContext;
        ProxyRequest = proxyRequest;
        _unchanged = pathAndQuery;
    }

    internal RequestTransformContext(HttpContext httpContext, RoutedRequestMessage proxyRequest, string path, string query)
        : this(httpContext, proxyRequest, path + query)
    {
    }

    /// <summary>The request as it came. If a transform sets its status code or writes an answer, the request is not forwarded.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The request to be sent. Its fields are already those of the incoming one, where the route copies them; its URL is set after a destination has been picked.</summary>
    public RoutedRequestMessage ProxyRequest { get; }

    /// <summary>The path to be asked for, escaped, as the client sent it unless changed. Begins with a slash, or is <c>*</c>.</summary>
    public string Path
    {
        get => _path ??= QueryStart < 0 ? _unchanged : _unchanged[..QueryStart];
        set => _path = value;
    }

    /// <summary>The path before any transform changed it.</summary>
    internal ReadOnlySpan<char> OriginalPath => QueryStart < 0 ? _unchanged : _unchanged.AsSpan(0, QueryStart);

    /// <summary>The query to be asked for, escaped, as the client sent it unless changed: empty, or with the question mark.</summary>
    public string Query
    {
        get => _query ??= QueryStart < 0 ? "" : _unchanged[QueryStart..];
        set => _query = value;
    }

    /// <summary>Both together; the very string the client sent where neither was looked at.</summary>
    internal string PathAndQuery => _path is null && _query is null ? _unchanged : Path + Query;

    private int QueryStart => _unchanged.IndexOf('?', StringComparison.Ordinal);

    /// <summary>Whether the fields of the incoming request were copied. Transforms of the route's own see to it. Default: <see langword="true"/>.</summary>
    internal bool HeadersCopied { get; set; } = true;

    /// <summary>Cancelled when the request is given up.</summary>
    public CancellationToken CancellationToken { get; internal init; }
}
