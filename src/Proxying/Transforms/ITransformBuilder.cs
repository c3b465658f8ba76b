using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Compiles the transforms of a route.</summary>
internal interface ITransformBuilder
{
    /// <summary>Compiles, reporting everything that is wrong.</summary>
    /// <param name="route">The route.</param>
    /// <param name="cluster">Its cluster, where there is one of that name.</param>
    /// <param name="errors">Takes errors, each with the path below the route (<c>Transforms:0:PathPattern</c>) and a remedy.</param>
    RouteTransforms Build(RouteOptions route, ProxyClusterOptions? cluster, ICollection<ConfigError> errors);
}
