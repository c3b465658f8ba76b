namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the fields of a response.</summary>
public static class ResponseFieldTransformExtensions
{
    /// <summary>Adds an entry that says whether the fields of the response are copied.</summary>
    public static RouteOptions WithTransformCopyResponseHeaders(this RouteOptions route, bool copy = true)
        => route.WithTransform(TransformNames.ResponseHeadersCopy, copy ? "true" : "false");

    /// <summary>Adds an entry that sets or appends a field.</summary>
    public static RouteOptions WithTransformResponseHeader(
        this RouteOptions route, string headerName, string value, bool append = true, ResponseCondition condition = ResponseCondition.Success)
        => route.WithTransform(TransformNames.ResponseHeader, headerName, append, value, condition);

    /// <summary>Adds an entry that removes a field.</summary>
    public static RouteOptions WithTransformResponseHeaderRemove(
        this RouteOptions route, string headerName, ResponseCondition condition = ResponseCondition.Success)
        => route.WithTransform(entry => Fill(entry, TransformNames.ResponseHeaderRemove, headerName, condition));

    /// <summary>Adds an entry that copies these fields only.</summary>
    public static RouteOptions WithTransformResponseHeadersAllowed(this RouteOptions route, params string[] allowedHeaders)
        => route.WithTransform(TransformNames.ResponseHeadersAllowed, string.Join(';', allowedHeaders));

    /// <summary>Sets or appends a field. Setting the empty value removes it.</summary>
    public static TransformBuilderContext AddResponseHeader(
        this TransformBuilderContext context, string headerName, string value, bool append = true, ResponseCondition condition = ResponseCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(value);
        TransformFields.ThrowFor(TransformFields.SetNameProblem(headerName) ?? TransformFields.ValueProblem(value), nameof(headerName));
        context.ResponseTransforms.Add(new ResponseFieldTransform(headerName, value, append, condition));
        return context;
    }

    /// <summary>Removes a field.</summary>
    public static TransformBuilderContext AddResponseHeaderRemove(
        this TransformBuilderContext context, string headerName, ResponseCondition condition = ResponseCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(context);
        TransformFields.ThrowFor(TransformFields.NameProblem(headerName), nameof(headerName));
        context.ResponseTransforms.Add(new ResponseFieldTransform(headerName, "", append: false, condition));
        return context;
    }

    /// <summary>Copies these fields only, ahead of all transforms. Fields of the connection, and those the destination's <c>Connection</c> names, are not copied even so.</summary>
    public static TransformBuilderContext AddResponseHeadersAllowed(this TransformBuilderContext context, params string[] allowedHeaders)
    {
        ArgumentNullException.ThrowIfNull(context);
        FieldListReader.Add(allowedHeaders, TransformFields.AllowedNameProblem, context.AllowedResponseFields);
        return context;
    }

    internal static void Fill(IDictionary<string, string> entry, string key, string name, ResponseCondition condition)
    {
        entry[key] = name;
        entry["When"] = condition.ToString();
    }
}
