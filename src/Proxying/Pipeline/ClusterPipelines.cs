using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Polling;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Pipeline;

/// <summary>Makes the pipelines of the clusters of a configuration.</summary>
internal sealed class ClusterPipelines(IClusterRegistry registry, IEnumerable<IClusterHandlerFactory> customHandlers, TimeProvider time, SocketPollers? pollers = null) : IDisposable
{
    private readonly ClusterTransports _transports = new(time, pollers);
    private readonly List<(ClusterTransport Transport, Cluster Cluster, MirrorSender Sender)> _coming = [];

    /// <summary>Makes one pipeline per cluster, by name. The clusters are in the registry already. Followed by <see cref="Accept"/> or <see cref="Discard"/>.</summary>
    public Dictionary<string, ClusterPipeline> Create(IReadOnlyList<ProxyClusterOptions> clusters)
    {
        var pipelines = new Dictionary<string, ClusterPipeline>(clusters.Count, StringComparer.OrdinalIgnoreCase);
        _coming.Clear();
        foreach (var options in clusters)
        {
            if (!registry.TryGet(options.ClusterId, out var cluster)) continue;
            var transport = _transports.Get(options.ClusterId, options.HttpClient ?? new HttpClientOptions());
            _coming.Add((transport, cluster, SenderOf(cluster, options, transport)));
            pipelines.Add(options.ClusterId, Compose(cluster, options, customHandlers, transport));
        }

        return pipelines;
    }

    /// <summary>Puts the pipeline of one cluster together, with the handlers that the user's factories make for it.</summary>
    public static ClusterPipeline Compose(Cluster cluster, ProxyClusterOptions options, IEnumerable<IClusterHandlerFactory> customHandlers, HttpMessageHandler transport)
    {
        var custom = new List<DelegatingHandler>();
        foreach (var factory in customHandlers)
        {
            if (factory.Create(options) is { } handler) custom.Add(handler);
        }

        return new ClusterPipeline(cluster, custom, transport);
    }

    /// <summary>The pipelines just made serve from now on: lets go of the transports of those before that are not wanted any more.</summary>
    public void Accept()
    {
        _transports.Accept();
        foreach (var (transport, cluster, sender) in _coming)
        {
            transport.KeepWarm(cluster.Snapshot.Destinations.Select(static d => d.Address));
            cluster.Feature<Mirroring>()?.UseSender(sender);
        }

        _coming.Clear();
    }

    /// <summary>The pipelines just made will not serve: those before go on with the transports they have.</summary>
    public void Discard() => _transports.Discard();

    public void Dispose() => _transports.Dispose();

    /// <summary>The way for copies of the requests of other clusters: over the connections of this one, and past the handlers of the user, which expect requests of clients.</summary>
    private static MirrorSender SenderOf(Cluster cluster, ProxyClusterOptions options, HttpMessageHandler transport) => new(
        new HttpMessageInvoker(ClusterPipeline.Link(AttemptPipeline.CreateForCopies(new ClusterReference(cluster)), transport), disposeHandler: false),
        options.HttpRequest?.Version ?? HttpVersion.Version20,
        options.HttpRequest?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower);
}
