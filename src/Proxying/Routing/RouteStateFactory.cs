using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Pipeline;
using Net2Secure.Routing.Proxying.ResponseCaching;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying.Routing;

/// <summary>Makes of the routes of a configuration what requests need of them, and the endpoints by which routing finds them.</summary>
internal sealed class RouteStateFactory(
    ITransformBuilder transforms,
    IClusterRegistry registry,
    Forwarder forwarder,
    RandomSource random,
    RouteCaches caches,
    IOptions<ForwardingOptions> defaults,
    IOptions<RequestTimeoutOptions> timeouts,
    IOptions<ShieldingOptions> shieldingDefaults,
    IHostApplicationLifetime? lifetime = null)
{
    /// <summary>Compiles the transforms of all routes.</summary>
    /// <param name="configs">The configuration, validated.</param>
    /// <param name="errors">Takes what is wrong with the transforms.</param>
    public List<Draft> Compile(IReadOnlyList<IProxyConfig> configs, ICollection<ConfigError> errors)
    {
        var clusters = configs.SelectMany(c => c.Clusters).ToDictionary(c => c.ClusterId, StringComparer.OrdinalIgnoreCase);
        var drafts = new List<Draft>();
        foreach (var config in configs)
        {
            var root = config is IRootedProxyConfig { RootPath.Length: > 0 } rooted ? rooted.RootPath + ":Routes:" : "Routes:";
            foreach (var route in config.Routes)
            {
                var found = new List<ConfigError>();
                RouteTransforms[] compiled = [.. route.ClusterIds.Select(id => transforms.Build(route, clusters.GetValueOrDefault(id), found))];
                drafts.Add(new(route, compiled[0]) { Sides = compiled });

                // What is wrong for one side of a split mostly is for all.
                foreach (var error in found) errors.Report($"{root}{route.RouteId}:{error.Path}", error.Message);
            }
        }

        return drafts;
    }

    /// <summary>Makes the endpoints.</summary>
    public IReadOnlyList<Endpoint> Create(
        List<Draft> drafts,
        IReadOnlyList<ProxyClusterOptions> clusters,
        Dictionary<string, ClusterPipeline> pipelines,
        ForwardingOptions? configured,
        ShieldingOptions shielding,
        IReadOnlyList<Action<EndpointBuilder>> conventions)
    {
        var forwarding = configured ?? defaults.Value;
        var byId = clusters.ToDictionary(c => c.ClusterId, StringComparer.OrdinalIgnoreCase);
        var endpoints = new List<Endpoint>(drafts.Count);
        caches.Begin();
        var invalidation = drafts.Exists(static d => d.Route.ResponseCache is { Enabled: true }) ? caches.ForInvalidation() : null;
        foreach (var draft in drafts)
        {
            var states = draft.Route.ClusterIds.Select((id, i) =>
            {
                registry.TryGet(id, out var cluster);
                return CreateState(new(draft.Route, draft.Sides[i]), cluster, byId.GetValueOrDefault(id), pipelines.GetValueOrDefault(id), forwarding, invalidation, shielding);
            }).ToArray();
            endpoints.AddRange(CreateEndpoints(draft.Route, states, conventions));
        }

        caches.Accept();
        return endpoints;
    }

    // A route without a split has a delegate of its own: it pays nothing for there being splits.
    private IEnumerable<Endpoint> CreateEndpoints(RouteOptions route, RouteState[] states, IReadOnlyList<Action<EndpointBuilder>> conventions)
    {
        if (route.Split is null)
        {
            var state = states[0];
            return ProxyEndpointFactory.Create(route, context => forwarder.ForwardAsync(context, state), state, conventions);
        }

        var split = new RouteSplit(route.Split, states, random);
        return ProxyEndpointFactory.Create(route, context => forwarder.ForwardAsync(context, split.Choose(context)), split, conventions);
    }

    /// <summary>Makes what the requests of one route read.</summary>
    public RouteState CreateState(
        Draft draft, Cluster? cluster, ProxyClusterOptions? options, ClusterPipeline? pipeline, ForwardingOptions? configured = null, CachingEngine? invalidation = null,
        ShieldingOptions? shielding = null)
    {
        var (route, compiled) = draft;
        var cache = route.ResponseCache is { Enabled: true } wanted && cluster is not null ? caches.For(route.RouteId, cluster.Id, wanted) : null;
        var compression = route.Compression is { Enabled: true } compressed ? new CompressionSettings(compressed) : null;
        var forwarding = configured ?? defaults.Value;
        var hidesLoad = options?.ReportedLoad is { Enabled: true, PassOn: false };
        var hiding = HidingSettings.For(route, shielding ?? shieldingDefaults.Value);
        return new RouteState
        {
            RouteId = route.RouteId,
            Transforms = compiled,
            Hits = HitResponder.Create(
                cache, compression, compiled, options?.SessionAffinity is { Enabled: true }, hidesLoad, options?.HttpRequest?.AllowResponseBuffering ?? false, lifetime?.ApplicationStopping ?? CancellationToken.None),
            Cluster = cluster,
            // The transport outlives the pipeline, so nothing here may be disposed with it.
            Pipeline = pipeline is null ? null : new HttpMessageInvoker(pipeline.For(RouteHandlers.Create(cache, invalidation, compression, hiding, hiding is null ? null : new ClusterReference(cluster!))), disposeHandler: false),
            Forwarding = forwarding,
            Via = forwarding.Via.Length == 0 ? null : "1.1 " + forwarding.Via,
            ActivityTimeout = options?.HttpRequest?.ActivityTimeout ?? TimeSpan.FromSeconds(100),
            TotalTimeout = TotalTimeout(route),
            Version = options?.HttpRequest?.Version ?? HttpVersion.Version20,
            VersionPolicy = options?.HttpRequest?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
            AllowResponseBuffering = options?.HttpRequest?.AllowResponseBuffering ?? false,
            ProxyStatus = route.ProxyStatus,
            Decompression = route.RequestDecompression is { Enabled: true } decompression ? new RequestDecompression(decompression) : null,
            HidesReportedLoad = hidesLoad,
            Networks = NetworkRule.From(route.AllowNetworks, route.DenyNetworks),
            Subset = route.Subset.Count == 0 ? null : new DestinationSubset(route.Subset),
        };
    }

    /// <summary>The time limit of a route holds whether or not the application uses the middleware for it.</summary>
    private TimeSpan? TotalTimeout(RouteOptions route)
    {
        if (route.Timeout is not null || string.IsNullOrEmpty(route.TimeoutPolicy)) return route.Timeout;
        return timeouts.Value.Policies.TryGetValue(route.TimeoutPolicy, out var policy) ? policy.Timeout : null;
    }

    /// <summary>A route with its transforms compiled.</summary>
    internal readonly record struct Draft(RouteOptions Route, RouteTransforms Transforms)
    {
        /// <summary>Those for each of its clusters: transforms may look at the cluster.</summary>
        public IReadOnlyList<RouteTransforms> Sides { get; init; } = [Transforms];
    }
}
