using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the method that a destination is asked with.</summary>
public static class HttpMethodTransformExtensions
{
    /// <summary>Adds an entry that turns one method into another.</summary>
    public static RouteOptions WithTransformHttpMethodChange(this RouteOptions route, string fromHttpMethod, string toHttpMethod)
        => route.WithTransform(TransformNames.HttpMethodChange, fromHttpMethod, append: false, toHttpMethod);

    /// <summary>Turns one method into another; the body stays as it is.</summary>
    /// <param name="context">The transforms of a route.</param>
    /// <param name="fromHttpMethod">The method to replace. The well-known ones may be written in any case.</param>
    /// <param name="toHttpMethod">The method to send.</param>
    public static TransformBuilderContext AddHttpMethodChange(this TransformBuilderContext context, string fromHttpMethod, string toHttpMethod)
    {
        ArgumentNullException.ThrowIfNull(context);
        TransformFields.ThrowFor(HttpMethodTransformFactory.Problem(fromHttpMethod) ?? HttpMethodTransformFactory.Problem(toHttpMethod), nameof(fromHttpMethod));
        context.RequestTransforms.Add(
            new HttpMethodChangeTransform(HttpMethods.GetCanonicalizedValue(fromHttpMethod), HttpMethods.GetCanonicalizedValue(toHttpMethod)));
        return context;
    }
}
