using System.Globalization;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Pipeline;
using Net2Secure.Routing.Proxying.Polling;
using Net2Secure.Routing.Proxying.Routing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>Makes of an address all that forwarding needs: a route, a cluster with one destination and its pipeline, by the same parts and rules as a configuration.</summary>
/// <remarks>Owns the connections of the forwarders for as long as the application lives. Used while the application maps its routes.</remarks>
internal sealed class DirectForwarding(
    ClusterRegistry registry,
    ITransformBuilder transforms,
    RouteStateFactory routes,
    Forwarder forwarder,
    ProxyConfigNames names,
    IEnumerable<IClusterHandlerFactory> customHandlers,
    TimeProvider time,
    SocketPollers? pollers = null) : IDisposable
{
    private readonly List<ClusterTransport> _transports = [];
    private int _made;

    /// <summary>Makes a forwarder.</summary>
    /// <param name="pattern">The route pattern that it serves: what messages and names call it by.</param>
    /// <param name="destination">The address.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ProxyConfigException">Something is wrong; all of it is listed.</exception>
    public Mapped Create(string pattern, string destination, DirectForwardingOptions options)
    {
        // The same pattern may be mapped twice, say for two hosts: a number keeps the names apart.
        var id = string.Create(CultureInfo.InvariantCulture, $"forwarder {Interlocked.Increment(ref _made)} {pattern}");
        var cluster = new ProxyClusterOptions { ClusterId = id, HttpClient = options.HttpClient, HttpRequest = options.HttpRequest };
        cluster.Destinations["destination"] = new DestinationOptions { Address = destination };
        var route = new RouteOptions
        {
            RouteId = id,
            ClusterId = id,
            Timeout = options.Timeout,
            MaxRequestBodySize = options.MaxRequestBodySize,
            ProxyStatus = options.ProxyStatus,
            Transforms = [.. options.Transforms],
        };
        route.Match.Path = pattern.Length == 0 ? "/" : pattern;
        var draft = Validate(route, cluster);
        registry.Apply(new Owner(id), [cluster]);
        registry.TryGet(id, out var live);
        var transport = new ClusterTransport(options.HttpClient ?? new HttpClientOptions(), time, pollers);
        _transports.Add(transport);
        transport.KeepWarm(live!.Snapshot.Destinations.Select(static d => d.Address));
        var pipeline = ClusterPipelines.Compose(live, cluster, customHandlers, transport);
        var state = routes.CreateState(draft, live, cluster, pipeline);
        return new Mapped(context => forwarder.ForwardAsync(context, state), state);
    }

    public void Dispose()
    {
        foreach (var transport in _transports) transport.Dispose();
    }

    private RouteStateFactory.Draft Validate(RouteOptions route, ProxyClusterOptions cluster)
    {
        List<ConfigError> errors = [], ignored = [];
        RouteOptionsValidator.Validate(route, route.RouteId, errors, ignored);
        ProxyClusterOptionsValidator.Validate(cluster, route.RouteId, names, errors, ignored);
        var ofTransforms = new List<ConfigError>();
        var compiled = transforms.Build(route, cluster, ofTransforms);
        foreach (var error in ofTransforms) errors.Report(route.RouteId.Below(error.Path), error.Message);
        return errors.Count > 0 ? throw new ProxyConfigException(errors) : new(route, compiled);
    }

    /// <summary>What serves the requests of a forwarder, and what its endpoint carries.</summary>
    internal readonly record struct Mapped(RequestDelegate Serve, RouteState State);

    /// <summary>Each forwarder describes its own cluster; a class, as owners are told apart by reference.</summary>
    private sealed class Owner(string id)
    {
        public override string ToString() => id;
    }
}
