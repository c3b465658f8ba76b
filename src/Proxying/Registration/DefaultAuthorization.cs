using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Net2Secure.Routing.Proxying;

/// <summary>Authorization of endpoints that are not for everybody.</summary>
internal static class DefaultAuthorization
{
    /// <summary>Requires authorization by the application's default policy, unless the user of the endpoint asks for something else: another policy, or <c>AllowAnonymous()</c>.</summary>
    public static TBuilder RequireAuthorizationByDefault<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        // Last, when it is known what else was asked for: metadata that demands authorization would demand its middleware too, even where anybody may come.
        endpoint.Finally(static built =>
        {
            if (!built.Metadata.Any(static m => m is IAuthorizeData or IAllowAnonymous)) built.Metadata.Add(new AuthorizeAttribute());
        });
        return endpoint;
    }
}
