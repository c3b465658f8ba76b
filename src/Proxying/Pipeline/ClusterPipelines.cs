using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Pipeline;

/// <summary>Makes the pipelines of the clusters of a configuration.</summary>
internal sealed class ClusterPipelines(IClusterRegistry registry, IEnumerable<IClusterHandlerFactory> customHandlers, TimeProvider time) : IDisposable
{
    private readonly ClusterTransports _transports = new(time);

    /// <summary>Makes one pipeline per cluster, by name. The clusters are in the registry already.</summary>
    public Dictionary<string, HttpMessageInvoker> Create(IReadOnlyList<ProxyClusterOptions> clusters)
    {
        var pipelines = new Dictionary<string, HttpMessageInvoker>(clusters.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var options in clusters)
        {
            if (!registry.TryGet(options.ClusterId, out var cluster)) continue;
            var transport = _transports.Get(options.ClusterId, options.HttpClient ?? new HttpClientOptions());
            transport.KeepWarm(cluster.Snapshot.Destinations.Select(static d => d.Address));
            pipelines.Add(options.ClusterId, Compose(cluster, options, customHandlers, transport));
        }

        _transports.KeepOnly(pipelines.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase));
        return pipelines;
    }

    /// <summary>Puts the pipeline of one cluster together, with the handlers that the user's factories make for it.</summary>
    public static HttpMessageInvoker Compose(Cluster cluster, ProxyClusterOptions options, IEnumerable<IClusterHandlerFactory> customHandlers, HttpMessageHandler transport)
    {
        var custom = new List<DelegatingHandler>();
        foreach (var factory in customHandlers)
        {
            if (factory.Create(options) is { } handler) custom.Add(handler);
        }

        // The transport outlives the pipeline, so nothing here may be disposed with it.
        return new HttpMessageInvoker(ClusterPipeline.Compose(cluster, custom, transport), disposeHandler: false);
    }

    public void Dispose() => _transports.Dispose();
}
