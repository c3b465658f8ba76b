using System.Globalization;
using Microsoft.AspNetCore.Routing.Patterns;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Checks which requests a route takes.</summary>
internal static class RouteMatchValidator
{
    public static void Validate(RouteMatchOptions? match, string path, ICollection<ConfigError> errors)
    {
        if (match is null || (string.IsNullOrEmpty(match.Path) && match.Hosts is not { Count: > 0 }))
        {
            errors.Report(path, "needs a Path or Hosts: for every request write \"Path\": \"/{**any}\".");
        }

        if (match is null)
        {
            return;
        }

        ClusterOptionsValidator.CheckNotNull(match.Methods, path.Below(nameof(match.Methods)), errors);
        ClusterOptionsValidator.CheckNotNull(match.Hosts, path.Below(nameof(match.Hosts)), errors);
        ClusterOptionsValidator.CheckNotNull(match.Headers, path.Below(nameof(match.Headers)), errors);
        ClusterOptionsValidator.CheckNotNull(match.QueryParameters, path.Below(nameof(match.QueryParameters)), errors);
        CheckPath(match.Path, path.Below(nameof(match.Path)), errors);
        for (var i = 0; i < match.Hosts?.Count; i++)
        {
            if (HostProblem(match.Hosts[i]) is { } problem)
            {
                errors.Report(Item(path, nameof(match.Hosts), i), problem);
            }
        }

        for (var i = 0; i < match.Methods?.Count; i++)
        {
            if (!TokenSyntax.IsToken(match.Methods[i] ?? ""))
            {
                errors.Report(Item(path, nameof(match.Methods), i), $"'{match.Methods[i]}' is not a method: letters without blanks are expected, such as GET.");
            }
        }

        CheckHeaders(match.Headers, path, errors);
        CheckQueryParameters(match.QueryParameters, path, errors);
    }

    private static void CheckPath(string? template, string path, ICollection<ConfigError> errors)
    {
        if (string.IsNullOrEmpty(template))
        {
            return;
        }

        try
        {
            RoutePatternFactory.Parse(template);
        }
        catch (RoutePatternException exception)
        {
            errors.Report(path, $"'{template}' is not a path template: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>What ASP.NET Core's host matching takes: a name, <c>*.name</c> for all below it, or <c>*</c>, each with or without a port.</summary>
    private static string? HostProblem(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "is empty: a host is expected, such as shop.example, *.shop.example or shop.example:8443.";
        }

        if (text.Contains("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return $"'{text}' is not allowed: hosts are compared in Unicode, so write '{Unicode(text)}'.";
        }

        if (!text.StartsWith('*'))
        {
            return HostSyntax.Problem(text);
        }

        if (text == "*" || text.StartsWith("*:", StringComparison.Ordinal))
        {
            return text.Length == 1 ? null : HostSyntax.PortProblem(text, text.AsSpan(1));
        }

        return text.StartsWith("*.", StringComparison.Ordinal) && text.IndexOf('*', 1) < 0
            ? HostSyntax.Problem(text[2..])
            : $"'{text}' is not allowed: a wildcard stands alone or before the first dot, as in *.shop.example.";
    }

    private static void CheckHeaders(IList<RouteHeaderOptions>? headers, string path, ICollection<ConfigError> errors)
    {
        for (var i = 0; i < headers?.Count; i++)
        {
            var header = headers[i];
            var itemPath = Item(path, nameof(RouteMatchOptions.Headers), i);
            ClusterOptionsValidator.CheckNotNull(header, itemPath, errors);
            ClusterOptionsValidator.CheckNotNull(header?.Values, itemPath.Below("Values"), errors);
            if (header is null) continue;
            if (!TokenSyntax.IsToken(header.Name ?? ""))
            {
                errors.Report(itemPath.Below(nameof(header.Name)), $"'{header.Name}' is not the name of a header field.");
            }

            if (!Enum.IsDefined(header.Mode))
            {
                errors.Report(itemPath.Below(nameof(header.Mode)), $"'{header.Mode}' is not allowed: one of {string.Join(", ", Enum.GetNames<HeaderMatchMode>())} is expected.");
                continue;
            }

            CheckValues(header.Values, header.Mode.ToString(), header.Mode is HeaderMatchMode.Exists or HeaderMatchMode.NotExists, itemPath, errors);
        }
    }

    private static void CheckQueryParameters(IList<RouteQueryParameterOptions>? parameters, string path, ICollection<ConfigError> errors)
    {
        for (var i = 0; i < parameters?.Count; i++)
        {
            var parameter = parameters[i];
            var itemPath = Item(path, nameof(RouteMatchOptions.QueryParameters), i);
            ClusterOptionsValidator.CheckNotNull(parameter, itemPath, errors);
            ClusterOptionsValidator.CheckNotNull(parameter?.Values, itemPath.Below("Values"), errors);
            if (parameter is null) continue;
            if (string.IsNullOrEmpty(parameter.Name))
            {
                errors.Report(itemPath.Below(nameof(parameter.Name)), "is required: the name of a query parameter.");
            }

            if (!Enum.IsDefined(parameter.Mode))
            {
                errors.Report(itemPath.Below(nameof(parameter.Mode)), $"'{parameter.Mode}' is not allowed: one of {string.Join(", ", Enum.GetNames<QueryParameterMatchMode>())} is expected.");
                continue;
            }

            CheckValues(parameter.Values, parameter.Mode.ToString(), parameter.Mode is QueryParameterMatchMode.Exists, itemPath, errors);
        }
    }

    private static void CheckValues(IList<string>? values, string mode, bool asksForPresence, string path, ICollection<ConfigError> errors)
    {
        if (asksForPresence && values is { Count: > 0 })
        {
            errors.Report(path.Below("Values"), $"must not be set with the mode {mode}, which asks for presence only.");
        }

        if (!asksForPresence && values is not { Count: > 0 })
        {
            errors.Report(path.Below("Values"), $"is required with the mode {mode}: at least one value to compare with.");
        }

        for (var i = 0; i < values?.Count; i++)
        {
            // An empty text is part of every text, so that these modes would match always or never.
            if (values[i] is null || (values[i].Length == 0 && mode is not ("ExactHeader" or "Exact")))
            {
                errors.Report(Item(path, "Values", i), $"is empty, which the mode {mode} cannot compare with.");
            }
        }
    }

    private static string Unicode(string host)
    {
        try
        {
            return new IdnMapping().GetUnicode(host.TrimStart('*', '.'));
        }
        catch (ArgumentException)
        {
            return "the name in Unicode";
        }
    }

    private static string Item(string path, string list, int index) => path.Below(list).Below(index.ToString(CultureInfo.InvariantCulture));
}
