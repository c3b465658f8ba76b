namespace Net2Secure.Routing.Proxying;

/// <summary>Collects the routes and clusters that are written in code, and hands them over as one source.</summary>
internal sealed class CodeConfigProvider : IProxyConfigProvider
{
    private LoadedProxyConfig? _config;

    public List<RouteOptions> Routes { get; } = [];

    public List<ProxyClusterOptions> Clusters { get; } = [];

    public IProxyConfig GetConfig() => _config ??= new LoadedProxyConfig([.. Routes], [.. Clusters], "");
}
