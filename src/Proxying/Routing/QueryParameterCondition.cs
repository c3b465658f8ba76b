using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>A condition on a query parameter, ready to be asked.</summary>
internal sealed class QueryParameterCondition(RouteQueryParameterOptions options)
{
    private readonly string[] _values = [.. options.Values];
    private readonly QueryParameterMatchMode _mode = options.Mode;
    private readonly StringComparison _comparison = options.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    public string Name { get; } = options.Name;

    /// <param name="values">The values of the parameter, decoded.</param>
    public bool Holds(StringValues values)
    {
        if (StringValues.IsNullOrEmpty(values)) return false;
        if (_mode == QueryParameterMatchMode.Exists) return true;
        return values.Count == 1 && AnyMatches(values[0] ?? "") != (_mode == QueryParameterMatchMode.NotContains);
    }

    private bool AnyMatches(string text)
    {
        foreach (var value in _values)
        {
            var matches = _mode switch
            {
                QueryParameterMatchMode.Exact => text.Equals(value, _comparison),
                QueryParameterMatchMode.Prefix => text.StartsWith(value, _comparison),
                _ => text.Contains(value, _comparison),
            };
            if (matches) return true;
        }
        return false;
    }
}

/// <summary>The conditions of a route on query parameters, as metadata of its endpoint.</summary>
internal sealed record QueryParameterConditions(QueryParameterCondition[] Conditions);
