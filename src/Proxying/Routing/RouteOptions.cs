using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying;

/// <summary>What the user asks of one route: which requests it takes, what is changed in them, and which cluster answers.</summary>
/// <remarks>Plain data, validated when it is handed in; a later change to an instance has no effect.</remarks>
public sealed class RouteOptions
{
    /// <summary>The name of the route, unique without regard to case. In configuration it is the key of the section.</summary>
    public string RouteId { get; set; } = "";

    /// <summary>Name of the cluster that answers. Required, unless <see cref="Split"/> names several.</summary>
    public string? ClusterId { get; set; }

    /// <summary>Splits the requests between clusters instead. Default: none.</summary>
    public SplitOptions? Split { get; set; }

    /// <summary>Keys of destinations' metadata with the values that a destination has to have to answer. Up to 5. Default: any destination.</summary>
    public IDictionary<string, string> Subset { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Which requests the route takes. At least a path or a host is required.</summary>
    public RouteMatchOptions Match { get; set; } = new();

    /// <summary>Where several routes match, the lowest order wins; equal ones by how specific their match is. Default: 0.</summary>
    public int? Order { get; set; }

    /// <summary>Name of an authorization policy, or <c>Default</c>, or <c>Anonymous</c>. Default: the application's fallback policy.</summary>
    public string? AuthorizationPolicy { get; set; }

    /// <summary>Name of a rate limiter policy, or <c>Default</c>, or <c>Disable</c>. Default: the application's global limiter alone.</summary>
    public string? RateLimiterPolicy { get; set; }

    /// <summary>Name of a CORS policy, or <c>Default</c>, or <c>Disable</c>. Default: none.</summary>
    public string? CorsPolicy { get; set; }

    /// <summary>Name of an output cache policy of ASP.NET Core. Default: none.</summary>
    public string? OutputCachePolicy { get; set; }

    /// <summary>Name of a request timeout policy, or <c>Disable</c>. Not together with <see cref="Timeout"/>. Default: none.</summary>
    public string? TimeoutPolicy { get; set; }

    /// <summary>Time for the whole request. 1 ms to 1 d. Default: none.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Largest request body in bytes; -1 lifts the limit, <see langword="null"/> leaves the server's, which the proxy has lifted.</summary>
    public long? MaxRequestBodySize { get; set; }

    /// <summary>Whether answers carry <c>Proxy-Status</c> (RFC 9209) when the proxy itself made or changed them. Default: <see langword="false"/>.</summary>
    public bool ProxyStatus { get; set; }

    /// <summary>The response cache of the route. Default: none.</summary>
    public ResponseCacheOptions? ResponseCache { get; set; }

    /// <summary>Compression of responses. Default: none.</summary>
    public CompressionOptions? Compression { get; set; }

    /// <summary>Decompression of request bodies. Default: none, they pass as they are.</summary>
    public RequestDecompressionOptions? RequestDecompression { get; set; }

    /// <summary>Networks whose clients the route serves, beside those of <c>Shielding</c>; all others get 403. Networks such as <c>10.0.0.0/8</c>, or addresses. Default: all.</summary>
    public IList<string> AllowNetworks { get; set; } = [];

    /// <summary>Networks whose clients the route does not serve, even if they are allowed. Default: none.</summary>
    public IList<string> DenyNetworks { get; set; } = [];

    /// <summary>Whether the route hides what stands behind the proxy. Default: none, what <c>Shielding:HideBackend</c> says for all.</summary>
    public bool? HideBackend { get; set; }

    /// <summary>Changes to request and response, each a set of key and value as YARP documents them, in the order they are applied.</summary>
    public IList<IReadOnlyDictionary<string, string>> Transforms { get; set; } = [];

    /// <summary>The names of all clusters that may answer, in the order of the settings.</summary>
    internal IEnumerable<string> ClusterIds => Split is { Clusters: { } sides } ? sides.Select(static s => s?.ClusterId ?? "") : [ClusterId ?? ""];

    /// <summary>Values for extensions of the user.</summary>
    public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
