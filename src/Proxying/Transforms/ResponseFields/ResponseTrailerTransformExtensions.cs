namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the trailer fields of a response (RFC 9110 §6.5). Names that are not allowed behind a body are refused.</summary>
public static class ResponseTrailerTransformExtensions
{
    /// <summary>Adds an entry that says whether the trailer fields of the response are copied.</summary>
    public static RouteOptions WithTransformCopyResponseTrailers(this RouteOptions route, bool copy = true)
        => route.WithTransform(TransformNames.ResponseTrailersCopy, copy ? "true" : "false");

    /// <summary>Adds an entry that sets or appends a trailer field.</summary>
    public static RouteOptions WithTransformResponseTrailer(
        this RouteOptions route, string headerName, string value, bool append = true, ResponseCondition condition = ResponseCondition.Success)
        => route.WithTransform(TransformNames.ResponseTrailer, headerName, append, value, condition);

    /// <summary>Adds an entry that removes a trailer field.</summary>
    public static RouteOptions WithTransformResponseTrailerRemove(
        this RouteOptions route, string headerName, ResponseCondition condition = ResponseCondition.Success)
        => route.WithTransform(entry => ResponseFieldTransformExtensions.Fill(entry, TransformNames.ResponseTrailerRemove, headerName, condition));

    /// <summary>Adds an entry that copies these trailer fields only.</summary>
    public static RouteOptions WithTransformResponseTrailersAllowed(this RouteOptions route, params string[] allowedHeaders)
        => route.WithTransform(TransformNames.ResponseTrailersAllowed, string.Join(';', allowedHeaders));

    /// <summary>Sets or appends a trailer field. Setting the empty value removes it.</summary>
    public static TransformBuilderContext AddResponseTrailer(
        this TransformBuilderContext context, string headerName, string value, bool append = true, ResponseCondition condition = ResponseCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(value);
        TransformFields.ThrowFor(TransformFields.TrailerNameProblem(headerName) ?? TransformFields.ValueProblem(value), nameof(headerName));
        context.ResponseTrailersTransforms.Add(new ResponseTrailerTransform(headerName, value, append, condition));
        return context;
    }

    /// <summary>Removes a trailer field.</summary>
    public static TransformBuilderContext AddResponseTrailerRemove(
        this TransformBuilderContext context, string headerName, ResponseCondition condition = ResponseCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(context);
        TransformFields.ThrowFor(TransformFields.NameProblem(headerName), nameof(headerName));
        context.ResponseTrailersTransforms.Add(new ResponseTrailerTransform(headerName, "", append: false, condition));
        return context;
    }

    /// <summary>Copies these trailer fields only, ahead of all transforms.</summary>
    public static TransformBuilderContext AddResponseTrailersAllowed(this TransformBuilderContext context, params string[] allowedHeaders)
    {
        ArgumentNullException.ThrowIfNull(context);
        FieldListReader.Add(allowedHeaders, TransformFields.TrailerNameProblem, context.AllowedTrailerFields);
        return context;
    }
}
