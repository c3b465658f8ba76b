using Microsoft.AspNetCore.Routing.Patterns;

namespace Net2Secure.Routing.Proxying;

/// <summary>Where the parameters of a route's path template stand in the path.</summary>
internal sealed class RouteValueSources
{
    private readonly RoutePattern? _pattern;
    private readonly List<string> _missing = [];

    /// <param name="template">The route's path template. One that cannot be parsed has no parameters: whoever makes the endpoint reports it.</param>
    public RouteValueSources(string? template)
    {
        try
        {
            _pattern = RoutePatternFactory.Parse(string.IsNullOrEmpty(template) ? ProxyEndpointFactory.EveryPath : template);
        }
        catch (RoutePatternException)
        {
            _pattern = null;
        }
    }

    /// <summary>Names that were asked for but are none of the template.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>The source of a value. One that the template has no parameter for can still come from middleware.</summary>
    public RouteValueSource Find(string name, bool required = true)
    {
        var segments = _pattern?.PathSegments ?? [];
        for (var i = 0; i < segments.Count; i++)
        {
            foreach (var part in segments[i].Parts)
            {
                if (part is RoutePatternParameterPart parameter && parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return new RouteValueSource(name, i, segments[i], parameter);
                }
            }
        }
        if (required && _pattern is not null && !_missing.Contains(name, StringComparer.OrdinalIgnoreCase)) _missing.Add(name);
        return new RouteValueSource(name, -1, null, null);
    }
}
