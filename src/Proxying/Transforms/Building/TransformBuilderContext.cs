using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>The transforms of one route while they are put together.</summary>
/// <remarks>Used by one thread, while a configuration is loaded; keep no reference to it.</remarks>
public sealed class TransformBuilderContext
{
    private readonly ICollection<ConfigError> _errors;

    internal TransformBuilderContext(IServiceProvider services, RouteOptions route, ProxyClusterOptions? cluster, ICollection<ConfigError> errors)
    {
        Services = services;
        Route = route;
        Cluster = cluster;
        _errors = errors;
    }

    /// <summary>The services of the application.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The route.</summary>
    public RouteOptions Route { get; }

    /// <summary>Its cluster; <see langword="null"/> where there is none of that name.</summary>
    public ProxyClusterOptions? Cluster { get; }

    /// <summary>Whether the fields of the request are copied before the transforms run. Default: <see langword="true"/>.</summary>
    public bool? CopyRequestHeaders { get; set; }

    /// <summary>Whether the fields of the response are copied before the transforms run. Default: <see langword="true"/>.</summary>
    public bool? CopyResponseHeaders { get; set; }

    /// <summary>Whether the trailer fields of the response are copied before the transforms run. Default: <see langword="true"/>.</summary>
    public bool? CopyResponseTrailers { get; set; }

    /// <summary>Whether the destination is told the client's <c>Host</c> instead of its own. Default: <see langword="false"/>.</summary>
    public bool? UseOriginalHost { get; set; }

    /// <summary>Whether <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are set, ahead of all other transforms, and what a client sent of them
    /// and of <c>Forwarded</c> is dropped. Default: <see langword="true"/>, unless a transform of the route says what to do with these fields.</summary>
    public bool? UseDefaultForwarders { get; set; }

    /// <summary>Changes to the request, in the order they run.</summary>
    public IList<RequestTransform> RequestTransforms { get; } = [];

    /// <summary>Changes to the response, in the order they run.</summary>
    public IList<ResponseTransform> ResponseTransforms { get; } = [];

    /// <summary>Changes to the trailer fields of the response, in the order they run.</summary>
    public IList<ResponseTrailersTransform> ResponseTrailersTransforms { get; } = [];

    /// <summary>Fields that alone are copied; they count before any transform, wherever the list was given.</summary>
    internal List<string> AllowedRequestFields { get; } = [];

    internal List<string> AllowedResponseFields { get; } = [];

    internal List<string> AllowedTrailerFields { get; } = [];

    /// <summary>Where each parameter of the route's path template stands.</summary>
    internal RouteValueSources RouteValues => field ??= new RouteValueSources(Route.Match.Path);

    /// <summary>Reports what is wrong with the route. The configuration will be refused.</summary>
    /// <param name="path">Where, below the route: <c>Metadata:Stamp</c>.</param>
    /// <param name="message">What is wrong, with the value, and what is allowed.</param>
    public void AddError(string path, string message)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(message);
        _errors.Add(new ConfigError(path, message));
    }
}
