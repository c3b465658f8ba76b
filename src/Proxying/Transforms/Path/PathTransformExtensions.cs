namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the path that a destination is asked for. Whatever of the client's path is kept keeps its escapes.</summary>
public static class PathTransformExtensions
{
    /// <summary>Adds an entry that puts <paramref name="prefix"/> in front of the path.</summary>
    public static RouteOptions WithTransformPathPrefix(this RouteOptions route, string prefix) => route.WithTransform(TransformNames.PathPrefix, prefix);

    /// <summary>Adds an entry that takes <paramref name="prefix"/> off the path, where it is there.</summary>
    public static RouteOptions WithTransformPathRemovePrefix(this RouteOptions route, string prefix) => route.WithTransform(TransformNames.PathRemovePrefix, prefix);

    /// <summary>Adds an entry that replaces the path.</summary>
    public static RouteOptions WithTransformPathSet(this RouteOptions route, string path) => route.WithTransform(TransformNames.PathSet, path);

    /// <summary>Adds an entry that replaces the path by a template filled with route values.</summary>
    public static RouteOptions WithTransformPathRouteValues(this RouteOptions route, string pattern) => route.WithTransform(TransformNames.PathPattern, pattern);

    /// <summary>Puts <paramref name="prefix"/> in front of the path.</summary>
    /// <param name="context">The transforms of a route.</param>
    /// <param name="prefix">A path such as <c>/api</c>. What a URL cannot carry is escaped; valid escapes stay.</param>
    public static TransformBuilderContext AddPathPrefix(this TransformBuilderContext context, string prefix)
        => Add(context, EscapedPath.Problem(prefix), prefix, static (text, _) => new PathPrefixTransform(text));

    /// <summary>Takes <paramref name="prefix"/> off the path, where the path begins with its segments; at least a slash remains.</summary>
    /// <param name="context">The transforms of a route.</param>
    /// <param name="prefix">A path such as <c>/api</c>, compared segment by segment, without regard to the case of ASCII letters or to which characters are escaped.</param>
    public static TransformBuilderContext AddPathRemovePrefix(this TransformBuilderContext context, string prefix)
        => Add(context, EscapedPath.Problem(prefix), prefix, static (text, _) => new PathRemovePrefixTransform(text));

    /// <summary>Replaces the path.</summary>
    public static TransformBuilderContext AddPathSet(this TransformBuilderContext context, string path)
        => Add(context, EscapedPath.Problem(path), path, static (text, _) => new PathSetTransform(text));

    /// <summary>Replaces the path by a template filled with route values, each with the escapes it came with.</summary>
    /// <param name="context">The transforms of a route.</param>
    /// <param name="pattern">A template such as <c>/v2/{id}/{**rest}</c>. A segment whose values are absent is left out. Slashes in a value are kept by <c>{**name}</c> and
    /// escaped by <c>{name}</c> and <c>{*name}</c>.</param>
    public static TransformBuilderContext AddPathRouteValues(this TransformBuilderContext context, string pattern)
        => Add(context, PathPatternTransform.Problem(pattern), pattern, static (text, values) => new PathPatternTransform(text, values));

    private static TransformBuilderContext Add(
        TransformBuilderContext context, string? problem, string text, Func<string, RouteValueSources, RequestTransform> make)
    {
        ArgumentNullException.ThrowIfNull(context);
        TransformFields.ThrowFor(problem, nameof(text));
        context.RequestTransforms.Add(make(text, context.RouteValues));
        return context;
    }
}
