using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Net2Secure.Routing.Proxying.DryRun;

/// <summary>Makes requests that a route takes, from what it matches by.</summary>
/// <remarks>One for each host with the first method, and one for each further method with the first host. Regular expressions and constraints of one's own are not solved: such a route may not be reached by what is made.</remarks>
internal static class DerivedRequests
{
    private const int MostHosts = 8;
    private const int MostMethods = 8;
    private const string AnyHost = "any.invalid";

    // One of these satisfies nearly every built-in constraint.
    private static readonly string[] Samples = ["x", "1", "abcdefgh", "true", "1.5", "00000000-0000-0000-0000-000000000001", "2000-01-01", "100", "abc", "file.txt"];

    /// <summary>Makes them.</summary>
    /// <param name="route">The route, validated.</param>
    /// <param name="constraints">Makes the constraints of templates; <see langword="null"/>: they are not looked at.</param>
    public static IEnumerable<DryRunRequest> Of(RouteOptions route, ParameterPolicyFactory? constraints)
    {
        var match = route.Match;
        string[] hosts = match.Hosts.Count == 0 ? [AnyHost] : [.. match.Hosts.Take(MostHosts).Select(HostOf)];
        string[] methods = match.Methods.Count == 0 ? ["GET"] : [.. match.Methods.Take(MostMethods)];
        var target = PathOf(match.Path, constraints) + QueryOf(match.QueryParameters);
        KeyValuePair<string, string>[] headers = [.. match.Headers.Where(static h => h.Mode != HeaderMatchMode.NotExists).Select(static h => KeyValuePair.Create(h.Name, ValueOf(h)))];
        foreach (var (host, method) in hosts.Select(h => (h, methods[0])).Concat(methods.Skip(1).Select(m => (hosts[0], m))))
        {
            if (Uri.TryCreate($"http://{host}{target}", UriKind.Absolute, out var url)) yield return new(method, url) { Headers = headers };
        }
    }

    private static string HostOf(string pattern)
    {
        if (pattern == "*" || pattern.StartsWith("*:", StringComparison.Ordinal)) return AnyHost + pattern[1..];
        return pattern.StartsWith("*.", StringComparison.Ordinal) ? "any" + pattern[1..] : pattern;
    }

    private static string PathOf(string? template, ParameterPolicyFactory? constraints)
    {
        if (string.IsNullOrEmpty(template)) return "/";
        var segments = RoutePatternFactory.Parse(template).PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => PartOf(part, constraints))));
        return "/" + string.Join('/', segments);
    }

    private static string PartOf(RoutePatternPart part, ParameterPolicyFactory? constraints) => part switch
    {
        RoutePatternLiteralPart literal => Uri.EscapeDataString(literal.Content),
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => SampleFor(parameter, constraints),
        _ => "x",
    };

    private static string SampleFor(RoutePatternParameterPart parameter, ParameterPolicyFactory? factory)
    {
        if (factory is null || parameter.ParameterPolicies.Count == 0) return Samples[0];
        var constraints = parameter.ParameterPolicies.Select(policy => factory.Create(parameter, policy)).OfType<IRouteConstraint>().ToArray();
        return Array.Find(Samples, sample => Array.TrueForAll(constraints, c =>
            c.Match(httpContext: null, route: null, parameter.Name, new RouteValueDictionary { [parameter.Name] = sample }, RouteDirection.IncomingRequest))) ?? Samples[0];
    }

    private static string QueryOf(IList<RouteQueryParameterOptions> parameters)
    {
        var query = QueryString.Empty;
        foreach (var parameter in parameters)
        {
            var value = parameter.Mode is QueryParameterMatchMode.Exists or QueryParameterMatchMode.NotContains ? Absent(parameter.Values) : parameter.Values[0];
            query = query.Add(parameter.Name, value);
        }

        return query.ToUriComponent();
    }

    private static string ValueOf(RouteHeaderOptions header) =>
        header.Mode is HeaderMatchMode.Exists or HeaderMatchMode.NotContains ? Absent(header.Values) : header.Values[0];

    // A text that holds none of some values: one of these does, unless they are single letters.
    private static string Absent(IList<string> values) =>
        Array.Find(Samples, sample => !values.Any(v => sample.Contains(v, StringComparison.OrdinalIgnoreCase))) ?? "~";
}
