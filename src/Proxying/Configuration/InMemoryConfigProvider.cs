namespace Net2Secure.Routing.Proxying;

/// <summary>Routes and clusters that the application hands over and replaces as it likes.</summary>
/// <remarks>
/// Safe for use from several threads. What is handed over is not copied deeply: an instance must not be changed afterwards. A replacement that proves invalid is
/// logged by the proxy, and the last good configuration keeps serving.
/// </remarks>
public sealed class InMemoryConfigProvider : IProxyConfigProvider
{
    private LoadedProxyConfig _current;

    /// <summary>Starts with these routes and clusters.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="clusters">The clusters.</param>
    public InMemoryConfigProvider(IEnumerable<RouteOptions> routes, IEnumerable<ProxyClusterOptions> clusters) => _current = Copy(routes, clusters);

    /// <inheritdoc/>
    public IProxyConfig GetConfig() => Volatile.Read(ref _current);

    /// <summary>Replaces all routes and clusters. Takes effect at once, or, where something is wrong, not at all.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="clusters">The clusters.</param>
    public void Update(IEnumerable<RouteOptions> routes, IEnumerable<ProxyClusterOptions> clusters)
        => Interlocked.Exchange(ref _current, Copy(routes, clusters)).Supersede();

    private static LoadedProxyConfig Copy(IEnumerable<RouteOptions> routes, IEnumerable<ProxyClusterOptions> clusters)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(clusters);
        return new LoadedProxyConfig([.. routes], [.. clusters], "");
    }
}
