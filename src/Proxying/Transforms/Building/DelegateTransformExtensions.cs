namespace Net2Secure.Routing.Proxying;

/// <summary>Transforms written as a function.</summary>
public static class DelegateTransformExtensions
{
    /// <summary>Adds a change to requests; many run at once.</summary>
    public static TransformBuilderContext AddRequestTransform(this TransformBuilderContext context, Func<RequestTransformContext, ValueTask> transform)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(transform);
        context.RequestTransforms.Add(new DelegateRequestTransform(transform));
        return context;
    }

    /// <summary>Adds a change to responses; many run at once.</summary>
    public static TransformBuilderContext AddResponseTransform(this TransformBuilderContext context, Func<ResponseTransformContext, ValueTask> transform)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(transform);
        context.ResponseTransforms.Add(new DelegateResponseTransform(transform));
        return context;
    }

    /// <summary>Adds a change to the trailer fields of responses; many run at once.</summary>
    public static TransformBuilderContext AddResponseTrailersTransform(
        this TransformBuilderContext context, Func<ResponseTrailersTransformContext, ValueTask> transform)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(transform);
        context.ResponseTrailersTransforms.Add(new DelegateResponseTrailersTransform(transform));
        return context;
    }
}
