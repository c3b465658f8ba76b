using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Net2Secure.Routing.Proxying;

/// <summary>Says the match of a route in one text, equal for two routes between which routing could not decide.</summary>
internal static class RouteMatchIdentity
{
    // Cannot occur in any of the parts.
    private const char Separator = '\n';

    public static string Of(RouteOptions route)
    {
        var match = route.Match ?? new RouteMatchOptions();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{route.Order ?? 0}").Append(Separator)
            .Append(PathIdentity(match.Path)).Append(Separator);
        AppendSet(text, match.Hosts);
        AppendSet(text, match.Methods);
        AppendRules(text, match.Headers?.Select(h => $"{h.Name.ToUpperInvariant()} {h.Mode} {h.IsCaseSensitive} {string.Join('\t', h.Values ?? [])}"));
        AppendRules(text, match.QueryParameters?.Select(q => $"{q.Name.ToUpperInvariant()} {q.Mode} {q.IsCaseSensitive} {string.Join('\t', q.Values ?? [])}"));
        return text.ToString();
    }

    // Literals are compared without regard to case, the names of parameters do not count; a constraint with an argument, such as a regular expression, may care about case.
    private static string PathIdentity(string? path)
    {
        RoutePattern pattern;
        try
        {
            pattern = RoutePatternFactory.Parse(string.IsNullOrEmpty(path) ? ProxyEndpointFactory.EveryPath : path);
        }
        catch (RoutePatternException)
        {
            return path ?? "";
        }

        var text = new StringBuilder();
        foreach (var segment in pattern.PathSegments)
        {
            text.Append('/');
            foreach (var part in segment.Parts)
            {
                switch (part)
                {
                    case RoutePatternLiteralPart literal: text.Append(literal.Content.ToUpperInvariant()); break;
                    case RoutePatternSeparatorPart separator: text.Append(separator.Content); break;
                    case RoutePatternParameterPart parameter: AppendParameter(text, parameter); break;
                }
            }
        }

        return text.ToString();
    }

    private static void AppendParameter(StringBuilder text, RoutePatternParameterPart parameter)
    {
        text.Append('{').Append(parameter.IsCatchAll ? "**" : parameter.IsOptional || parameter.Default is not null ? "?" : "");
        foreach (var policy in parameter.ParameterPolicies) text.Append(':').Append(policy.Content);
        text.Append('}');
    }

    private static void AppendSet(StringBuilder text, IList<string>? values) => AppendRules(text, values?.Select(v => v.ToUpperInvariant()).Distinct(StringComparer.Ordinal));

    private static void AppendRules(StringBuilder text, IEnumerable<string>? rules)
    {
        foreach (var rule in (rules ?? []).Order(StringComparer.Ordinal))
        {
            text.Append(rule).Append(Separator);
        }

        text.Append(Separator);
    }
}
