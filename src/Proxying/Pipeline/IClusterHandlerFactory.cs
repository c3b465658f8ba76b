namespace Net2Secure.Routing.Proxying;

/// <summary>Adds a handler of the user's own to the pipelines of clusters.</summary>
/// <remarks>Registered as a singleton, several in the order in which they stand, outermost first.</remarks>
public interface IClusterHandlerFactory
{
    /// <summary>Makes the handler of one cluster; called whenever a configuration is applied.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <returns>A new instance, or <see langword="null"/> for no handler in this cluster's pipeline.</returns>
    DelegatingHandler? Create(ProxyClusterOptions cluster);
}
