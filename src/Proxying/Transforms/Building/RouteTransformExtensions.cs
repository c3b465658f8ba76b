namespace Net2Secure.Routing.Proxying;

/// <summary>Adds entries to <see cref="RouteOptions.Transforms"/> as configuration would.</summary>
public static class RouteTransformExtensions
{
    /// <summary>Adds an entry that <paramref name="configure"/> fills.</summary>
    /// <returns><paramref name="route"/> itself.</returns>
    public static RouteOptions WithTransform(this RouteOptions route, Action<IDictionary<string, string>> configure)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(configure);
        var entry = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        configure(entry);
        route.Transforms.Add(entry);
        return route;
    }

    internal static RouteOptions WithTransform(this RouteOptions route, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(value);
        route.Transforms.Add(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [key] = value });
        return route;
    }

    internal static RouteOptions WithTransform(this RouteOptions route, string key, string value, bool append, string text, ResponseCondition? condition = null)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(text);
        var entry = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [key] = value, [append ? "Append" : "Set"] = text };
        if (condition is { } when) entry["When"] = when.ToString();
        route.Transforms.Add(entry);
        return route;
    }
}
