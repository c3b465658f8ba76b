namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the fields of a request.</summary>
public static class RequestFieldTransformExtensions
{
    /// <summary>Adds an entry that says whether the fields of the request are copied.</summary>
    public static RouteOptions WithTransformCopyRequestHeaders(this RouteOptions route, bool copy = true)
        => route.WithTransform(TransformNames.RequestHeadersCopy, copy ? "true" : "false");

    /// <summary>Adds an entry that says whether the destination is told the client's <c>Host</c>.</summary>
    public static RouteOptions WithTransformUseOriginalHostHeader(this RouteOptions route, bool useOriginal = true)
        => route.WithTransform(TransformNames.RequestHeaderOriginalHost, useOriginal ? "true" : "false");

    /// <summary>Adds an entry that sets or appends a field.</summary>
    public static RouteOptions WithTransformRequestHeader(this RouteOptions route, string headerName, string value, bool append = true)
        => route.WithTransform(TransformNames.RequestHeader, headerName, append, value);

    /// <summary>Adds an entry that sets or appends a field with a route value.</summary>
    public static RouteOptions WithTransformRequestHeaderRouteValue(this RouteOptions route, string headerName, string routeValueKey, bool append = true)
        => route.WithTransform(TransformNames.RequestHeaderRouteValue, headerName, append, routeValueKey);

    /// <summary>Adds an entry that removes a field.</summary>
    public static RouteOptions WithTransformRequestHeaderRemove(this RouteOptions route, string headerName)
        => route.WithTransform(TransformNames.RequestHeaderRemove, headerName);

    /// <summary>Adds an entry that copies these fields only.</summary>
    public static RouteOptions WithTransformRequestHeadersAllowed(this RouteOptions route, params string[] allowedHeaders)
        => route.WithTransform(TransformNames.RequestHeadersAllowed, string.Join(';', allowedHeaders));

    /// <summary>Tells the destination the client's <c>Host</c>, or its own.</summary>
    public static TransformBuilderContext AddOriginalHost(this TransformBuilderContext context, bool useOriginal = true)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.UseOriginalHost = useOriginal;
        return context;
    }

    /// <summary>Sets or appends a field. Setting the empty value removes it.</summary>
    public static TransformBuilderContext AddRequestHeader(this TransformBuilderContext context, string headerName, string value, bool append = true)
    {
        ArgumentNullException.ThrowIfNull(context);
        TransformFields.ThrowFor(TransformFields.SetNameProblem(headerName) ?? AppendProblem(headerName, value, append) ?? TransformFields.ValueProblem(value), nameof(headerName));
        context.RequestTransforms.Add(new RequestFieldTransform(headerName, value, append));
        return context;
    }

    /// <summary>Sets or appends a field with a route value, decoded; what a field cannot carry is percent-escaped. Without a value, setting removes the field.</summary>
    public static TransformBuilderContext AddRequestHeaderRouteValue(
        this TransformBuilderContext context, string headerName, string routeValueKey, bool append = true)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(routeValueKey);
        TransformFields.ThrowFor(TransformFields.SetNameProblem(headerName), nameof(headerName));
        context.RequestTransforms.Add(new RequestFieldRouteValueTransform(headerName, context.RouteValues.Find(routeValueKey), append));
        return context;
    }

    /// <summary>Removes a field.</summary>
    public static TransformBuilderContext AddRequestHeaderRemove(this TransformBuilderContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        TransformFields.ThrowFor(TransformFields.NameProblem(headerName), nameof(headerName));
        context.RequestTransforms.Add(new RequestFieldTransform(headerName, "", append: false));
        return context;
    }

    /// <summary>Copies these fields only, ahead of all transforms. Fields of the connection, and those a client's <c>Connection</c> names, are not copied even so.</summary>
    public static TransformBuilderContext AddRequestHeadersAllowed(this TransformBuilderContext context, params string[] allowedHeaders)
    {
        ArgumentNullException.ThrowIfNull(context);
        FieldListReader.Add(allowedHeaders, TransformFields.AllowedNameProblem, context.AllowedRequestFields);
        return context;
    }

    internal static string? AppendProblem(string name, string value, bool append)
    {
        if (!append) return null;
        if (value.Length == 0) return "An empty value appends nothing.";
        return name.Equals("Host", StringComparison.OrdinalIgnoreCase) ? "A request has one Host (RFC 9112 §3.2); use Set." : null;
    }
}
