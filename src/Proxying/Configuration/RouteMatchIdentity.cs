using System.Globalization;
using System.Text;

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

    // Literals are compared without regard to case; a constraint with an argument, such as a regular expression, may care.
    private static string PathIdentity(string? path)
        => string.IsNullOrEmpty(path) ? "{**}" : path.Contains('(', StringComparison.Ordinal) ? path.TrimStart('/') : path.TrimStart('/').ToUpperInvariant();

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
