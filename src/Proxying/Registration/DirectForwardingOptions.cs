namespace Net2Secure.Routing.Proxying;

/// <summary>How requests are forwarded that <c>app.MapNet2Forwarder</c> takes: what a route and a cluster of a configuration would say.</summary>
/// <remarks>Filled while the application maps its routes, validated then, and not read again.</remarks>
public sealed class DirectForwardingOptions
{
    /// <summary>Connections to the destination. Default: the defaults of each setting.</summary>
    public HttpClientOptions? HttpClient { get; set; }

    /// <summary>Requests to the destination. Default: the defaults of each setting.</summary>
    public HttpRequestOptions? HttpRequest { get; set; }

    /// <summary>Time for the whole request. 1 ms to 1 d. Default: none.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Largest request body in bytes; -1 lifts the limit, <see langword="null"/> leaves the server's, which the proxy has lifted.</summary>
    public long? MaxRequestBodySize { get; set; }

    /// <summary>Whether answers carry <c>Proxy-Status</c> (RFC 9209) when the proxy itself made or changed them. Default: <see langword="false"/>.</summary>
    public bool ProxyStatus { get; set; }

    /// <summary>Changes to request and response, as in <see cref="RouteOptions.Transforms"/>.</summary>
    public IList<IReadOnlyDictionary<string, string>> Transforms { get; } = [];

    /// <summary>Adds transforms by the methods that routes have for it, such as <c>r.WithTransformPathRemovePrefix("/api")</c>.</summary>
    /// <param name="configure">Adds them to the route it is given; nothing else that it sets there has an effect.</param>
    /// <returns>These options.</returns>
    public DirectForwardingOptions WithTransforms(Action<RouteOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(new RouteOptions { Transforms = Transforms });
        return this;
    }
}
