namespace Net2Secure.Routing.Proxying;

/// <summary>Adds transforms to routes by code: to all, or to those whose options ask for it.</summary>
/// <remarks>
/// Registered with <c>AddTransforms</c>; one instance serves the application. Called for each route at start and at each reload, after the transforms of the route's
/// configuration were added, from one thread at a time. An exception refuses the configuration.
/// </remarks>
public interface ITransformProvider
{
    /// <summary>Adds to <paramref name="context"/>, or reports to <see cref="TransformBuilderContext.AddError"/> what is wrong with the route.</summary>
    void Apply(TransformBuilderContext context);
}
