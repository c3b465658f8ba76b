using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Net2Secure.Routing.Proxying;

/// <summary>Makes of a route the endpoint that ASP.NET Core routing and its middleware understand.</summary>
internal static class ProxyEndpointFactory
{
    /// <summary>The template of a route that names no path.</summary>
    public const string EveryPath = "/{**catchall}";

    private const string Default = "Default";
    private const string Anonymous = "Anonymous";
    private const string Disable = "Disable";

    /// <summary>Makes the endpoints of a route: one, and where it has IPv6 addresses among its hosts, one for these alone.</summary>
    /// <param name="route">The route, already validated.</param>
    /// <param name="requestDelegate">Serves its requests.</param>
    /// <param name="routeStateMetadata">What the delegate wants to find in the metadata.</param>
    /// <param name="conventions">What the application adds to the endpoints of the proxy; they run last.</param>
    public static IEnumerable<Endpoint> Create(
        RouteOptions route, RequestDelegate requestDelegate, object routeStateMetadata, IReadOnlyList<Action<EndpointBuilder>> conventions)
    {
        var hosts = route.Match.Hosts;
        string[] addresses = [.. hosts.Where(Ipv6Hosts.IsOne)];
        if (addresses.Length < hosts.Count || hosts.Count == 0)
        {
            string[] names = addresses.Length == 0 ? [.. hosts] : [.. hosts.Where(static host => !Ipv6Hosts.IsOne(host))];
            yield return Create(route, requestDelegate, routeStateMetadata, conventions, names.Length > 0 ? new HostAttribute(names) : null);
        }
        if (addresses.Length > 0) yield return Create(route, requestDelegate, routeStateMetadata, conventions, new Ipv6Hosts(addresses));
    }

    private static Endpoint Create(
        RouteOptions route, RequestDelegate requestDelegate, object routeStateMetadata, IReadOnlyList<Action<EndpointBuilder>> conventions, object? hosts)
    {
        var match = route.Match;
        var pattern = RoutePatternFactory.Parse(string.IsNullOrEmpty(match.Path) ? EveryPath : match.Path);
        var builder = new RouteEndpointBuilder(requestDelegate, pattern, route.Order ?? 0) { DisplayName = route.RouteId };
        var metadata = builder.Metadata;
        metadata.Add(routeStateMetadata);
        metadata.Add(new RouteName(route.RouteId));
        if (hosts is not null) metadata.Add(hosts);
        AddMatch(metadata, match, acceptsPreflight: !string.IsNullOrEmpty(route.CorsPolicy));
        AddPolicies(metadata, route);
        for (var i = 0; i < conventions.Count; i++) conventions[i](builder);
        return builder.Build();
    }

    private static void AddMatch(IList<object> metadata, RouteMatchOptions match, bool acceptsPreflight)
    {
        if (match.Methods.Count > 0) metadata.Add(new HttpMethodMetadata(match.Methods, acceptsPreflight));
        if (match.Headers.Count > 0) metadata.Add(new HeaderConditions([.. match.Headers.Select(static header => new HeaderCondition(header))]));
        if (match.QueryParameters.Count > 0)
        {
            metadata.Add(new QueryParameterConditions([.. match.QueryParameters.Select(static parameter => new QueryParameterCondition(parameter))]));
        }
    }

    private static void AddPolicies(IList<object> metadata, RouteOptions route)
    {
        if (!string.IsNullOrEmpty(route.AuthorizationPolicy))
        {
            metadata.Add(Is(route.AuthorizationPolicy, Default) ? new AuthorizeAttribute()
                : Is(route.AuthorizationPolicy, Anonymous) ? new AllowAnonymousAttribute()
                : new AuthorizeAttribute(route.AuthorizationPolicy));
        }
        // Default is what the rate limiter does with every endpoint that says nothing.
        if (!string.IsNullOrEmpty(route.RateLimiterPolicy) && !Is(route.RateLimiterPolicy, Default))
        {
            metadata.Add(Is(route.RateLimiterPolicy, Disable) ? new DisableRateLimitingAttribute() : new EnableRateLimitingAttribute(route.RateLimiterPolicy));
        }
        if (!string.IsNullOrEmpty(route.CorsPolicy))
        {
            metadata.Add(Is(route.CorsPolicy, Default) ? new EnableCorsAttribute()
                : Is(route.CorsPolicy, Disable) ? new DisableCorsAttribute()
                : new EnableCorsAttribute(route.CorsPolicy));
        }
        if (!string.IsNullOrEmpty(route.OutputCachePolicy)) metadata.Add(new OutputCacheAttribute { PolicyName = route.OutputCachePolicy });
        if (!string.IsNullOrEmpty(route.TimeoutPolicy))
        {
            metadata.Add(Is(route.TimeoutPolicy, Disable) ? new DisableRequestTimeoutAttribute() : new RequestTimeoutAttribute(route.TimeoutPolicy));
        }
        else if (route.Timeout is { } timeout)
        {
            metadata.Add(new RequestTimeoutAttribute((int)Math.Ceiling(timeout.TotalMilliseconds)));
        }
        if (route.MaxRequestBodySize is { } size) metadata.Add(new RequestSizeLimit(size < 0 ? null : size));
    }

    private static bool Is(string name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
