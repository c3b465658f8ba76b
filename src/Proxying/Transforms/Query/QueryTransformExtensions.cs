namespace Net2Secure.Routing.Proxying;

/// <summary>Changes single parameters of the query; all others keep their bytes and their order.</summary>
/// <remarks>Names are compared decoded and without regard to case. Setting replaces the first parameter of the name in its place and removes further ones; appending adds at the end.</remarks>
public static class QueryTransformExtensions
{
    /// <summary>Adds an entry that sets or appends a parameter with a fixed value.</summary>
    public static RouteOptions WithTransformQueryValue(this RouteOptions route, string queryKey, string value, bool append = true)
        => route.WithTransform(TransformNames.QueryValueParameter, queryKey, append, value);

    /// <summary>Adds an entry that sets or appends a parameter with a route value.</summary>
    public static RouteOptions WithTransformQueryRouteValue(this RouteOptions route, string queryKey, string routeValueKey, bool append = true)
        => route.WithTransform(TransformNames.QueryRouteParameter, queryKey, append, routeValueKey);

    /// <summary>Adds an entry that removes a parameter.</summary>
    public static RouteOptions WithTransformQueryRemoveKey(this RouteOptions route, string queryKey)
        => route.WithTransform(TransformNames.QueryRemoveParameter, queryKey);

    /// <summary>Sets or appends a parameter with a fixed value.</summary>
    public static TransformBuilderContext AddQueryValue(this TransformBuilderContext context, string queryKey, string value, bool append = true)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(queryKey);
        ArgumentNullException.ThrowIfNull(value);
        context.RequestTransforms.Add(new QueryValueTransform(queryKey, value, append));
        return context;
    }

    /// <summary>Sets or appends a parameter with a route value. Without a value, the query stays as it is.</summary>
    public static TransformBuilderContext AddQueryRouteValue(this TransformBuilderContext context, string queryKey, string routeValueKey, bool append = true)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(queryKey);
        ArgumentException.ThrowIfNullOrEmpty(routeValueKey);
        context.RequestTransforms.Add(new QueryRouteValueTransform(queryKey, context.RouteValues.Find(routeValueKey), append));
        return context;
    }

    /// <summary>Removes each parameter of a name.</summary>
    public static TransformBuilderContext AddQueryRemoveKey(this TransformBuilderContext context, string queryKey)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(queryKey);
        context.RequestTransforms.Add(new QueryRemoveTransform(queryKey));
        return context;
    }
}
