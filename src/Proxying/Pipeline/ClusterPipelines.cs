using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Pipeline;

/// <summary>Makes the pipelines of the clusters of a configuration.</summary>
internal sealed class ClusterPipelines(IClusterRegistry registry, IEnumerable<IClusterHandlerFactory> customHandlers, TimeProvider time) : IDisposable
{
    private readonly ClusterTransports _transports = new(time);

    /// <summary>Makes one pipeline per cluster, by name. The clusters are in the registry already. Followed by <see cref="Accept"/> or <see cref="Discard"/>.</summary>
    public Dictionary<string, HttpMessageInvoker> Create(IReadOnlyList<ProxyClusterOptions> clusters)
    {
        var pipelines = new Dictionary<string, HttpMessageInvoker>(clusters.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var options in clusters)
        {
            if (!registry.TryGet(options.ClusterId, out var cluster)) continue;
            var transport = _transports.Get(options.ClusterId, options.HttpClient ?? new HttpClientOptions());
            var custom = new List<DelegatingHandler>();
            foreach (var factory in customHandlers)
            {
                if (factory.Create(options) is { } handler) custom.Add(handler);
            }

            // The transport outlives the pipeline, so nothing here may be disposed with it.
            pipelines.Add(options.ClusterId, new HttpMessageInvoker(ClusterPipeline.Compose(cluster, custom, transport), disposeHandler: false));
        }

        return pipelines;
    }

    /// <summary>The pipelines just made serve from now on: lets go of the transports of those before that are not wanted any more.</summary>
    public void Accept() => _transports.Accept();

    /// <summary>The pipelines just made will not serve: those before go on with the transports they have.</summary>
    public void Discard() => _transports.Discard();

    public void Dispose() => _transports.Dispose();
}
