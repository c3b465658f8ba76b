using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Routing;

/// <summary>Makes of the routes of a configuration what requests need of them, and the endpoints by which routing finds them.</summary>
internal sealed class RouteStateFactory(
    ITransformBuilder transforms, IClusterRegistry registry, Forwarder forwarder, IOptions<ForwardingOptions> defaults, IOptions<RequestTimeoutOptions> timeouts)
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
                drafts.Add(new(route, transforms.Build(route, clusters.GetValueOrDefault(route.ClusterId ?? ""), found)));
                foreach (var error in found) errors.Add(error with { Path = $"{root}{route.RouteId}:{error.Path}" });
            }
        }

        return drafts;
    }

    /// <summary>Makes the endpoints.</summary>
    public IReadOnlyList<Endpoint> Create(
        List<Draft> drafts,
        IReadOnlyList<ProxyClusterOptions> clusters,
        Dictionary<string, HttpMessageInvoker> pipelines,
        ForwardingOptions? configured,
        IReadOnlyList<Action<EndpointBuilder>> conventions)
    {
        var forwarding = configured ?? defaults.Value;
        var byId = clusters.ToDictionary(c => c.ClusterId, StringComparer.OrdinalIgnoreCase);
        var endpoints = new List<Endpoint>(drafts.Count);
        foreach (var draft in drafts)
        {
            var clusterId = draft.Route.ClusterId ?? "";
            registry.TryGet(clusterId, out var cluster);
            var state = CreateState(draft, cluster, byId.GetValueOrDefault(clusterId), pipelines.GetValueOrDefault(clusterId), forwarding);
            endpoints.AddRange(ProxyEndpointFactory.Create(draft.Route, context => forwarder.ForwardAsync(context, state), state, conventions));
        }

        return endpoints;
    }

    /// <summary>Makes what the requests of one route read.</summary>
    public RouteState CreateState(Draft draft, Cluster? cluster, ProxyClusterOptions? options, HttpMessageInvoker? pipeline, ForwardingOptions? configured = null)
    {
        var (route, compiled) = draft;
        var forwarding = configured ?? defaults.Value;
        return new RouteState
        {
            RouteId = route.RouteId,
            Transforms = compiled,
            Cluster = cluster,
            Pipeline = pipeline,
            Forwarding = forwarding,
            Via = forwarding.Via.Length == 0 ? null : "1.1 " + forwarding.Via,
            ActivityTimeout = options?.HttpRequest?.ActivityTimeout ?? TimeSpan.FromSeconds(100),
            TotalTimeout = TotalTimeout(route),
            Version = options?.HttpRequest?.Version ?? HttpVersion.Version20,
            VersionPolicy = options?.HttpRequest?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
            AllowResponseBuffering = options?.HttpRequest?.AllowResponseBuffering ?? false,
            ProxyStatus = route.ProxyStatus,
        };
    }

    /// <summary>The time limit of a route holds whether or not the application uses the middleware for it.</summary>
    private TimeSpan? TotalTimeout(RouteOptions route)
    {
        if (route.Timeout is not null || string.IsNullOrEmpty(route.TimeoutPolicy)) return route.Timeout;
        return timeouts.Value.Policies.TryGetValue(route.TimeoutPolicy, out var policy) ? policy.Timeout : null;
    }

    /// <summary>A route with its transforms compiled.</summary>
    internal readonly record struct Draft(RouteOptions Route, RouteTransforms Transforms);
}
