using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Tcp;

namespace Net2Secure.Routing.Proxying.Inspection;

/// <summary>Asks the live state, and for routes the very matcher that serves requests.</summary>
internal sealed class ProxyInspector(ProxyStateManager manager, TcpPorts tcp, IServiceProvider services) : IProxyInspector
{
    private readonly Lazy<RequestDelegate> _match = new(() =>
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        // Stops between matching and serving: what was matched is on the context.
        app.Use(static _ => static _ => Task.CompletedTask);
        app.UseEndpoints(endpoints => endpoints.DataSources.Add(manager.Endpoints));
        return app.Build();
    });

    public IReadOnlyList<RouteOptions> Routes => manager.Applied.Routes;

    public IReadOnlyList<ClusterDescription> Clusters => [.. manager.Applied.Live.Select(static cluster => Describe(cluster, cluster.Snapshot, cluster.Snapshot.Candidates))];

    public IReadOnlyList<ConfigError> Notices => manager.Applied.Notices;

    public IReadOnlyList<ConfigError> Findings => manager.Applied.Findings;

    public IReadOnlyDictionary<string, IPEndPoint> TcpEndPoints => tcp.Listening.ToDictionary(static p => p.Name, static p => p.LocalEndPoint, StringComparer.OrdinalIgnoreCase);

    public async ValueTask<RouteExplanation> ExplainAsync(
        string method, Uri url, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(headers);
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        var request = context.Request;
        request.Method = method;
        request.Scheme = url.Scheme;
        request.Host = new HostString(url.Authority);
        request.Path = PathString.FromUriComponent(url);
        request.QueryString = QueryString.FromUriComponent(url);
        // Not Append, which drops an empty value: an empty field is there all the same.
        foreach (var (name, value) in headers) request.Headers[name] = StringValues.Concat(request.Headers[name], value);
        await _match.Value(context).ConfigureAwait(false);
        var metadata = context.GetEndpoint()?.Metadata;
        var split = metadata?.GetMetadata<RouteSplit>();
        var state = split?.Foretell(context) ?? metadata?.GetMetadata<RouteState>();
        var explanation = state is { Cluster: { } cluster } ? Explain(request, state, cluster) : new(state?.RouteId, null);
        return explanation with { Split = [.. split?.Sides.Select(static s => new SplitDescription(s.Side.Cluster?.Id ?? "", s.Share)) ?? []] };
    }

    private static RouteExplanation Explain(HttpRequest request, RouteState state, Cluster cluster)
    {
        using var message = new RoutedRequestMessage { Subset = state.Subset };
        foreach (var (name, values) in request.Headers) message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        var snapshot = cluster.Snapshot;
        var choice = snapshot.Explain(message, out var chosenBy, out var fallback);
        return new(state.RouteId, Describe(cluster, snapshot, choice?.Candidates)) { Subset = chosenBy is null ? null : new SubsetDescription(chosenBy, fallback) };
    }

    private static ClusterDescription Describe(Cluster cluster, ClusterSnapshot snapshot, DestinationSet? candidates)
    {
        var weights = new Dictionary<Destination, double>();
        for (var i = 0; i < candidates?.Count; i++) weights[candidates[i]] = candidates.Weights[i] / candidates.TotalWeight;
        return new(
            cluster.Id,
            snapshot.Options.LoadBalancingPolicy ?? LoadBalancingPolicyNames.PowerOfTwoChoices,
            [.. snapshot.Destinations.Select(d => new DestinationDescription(d.Id, d.Address, weights.GetValueOrDefault(d)))]);
    }
}
