using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.ResponseCaching.Purging;
using Net2Secure.Routing.Proxying.Shielding;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoint that purges the response cache.</summary>
public static class Net2CachePurgeEndpointRouteBuilderExtensions
{
    /// <summary>The path by default.</summary>
    public const string DefaultPattern = "/_net2/cache/purge";

    /// <summary>Takes purges of the response cache by POST: <c>{ "uris": […], "prefixes": […], "tags": […], "everything": false, "soft": false }</c>, each of them optional.</summary>
    /// <remarks>
    /// Requires authorization by the application's default policy; <c>RequireAuthorization("policy")</c> on what is returned asks for another one, <c>AllowAnonymous()</c> for none. Answers 200 with <c>{ "purged": 3, "complete": true }</c>, 202 where the store could not carry it
    /// out yet, and 400 with problem details (RFC 9457) for what it does not understand. At most 1,000 purges and 256 KiB at a time.
    /// </remarks>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="pattern">The path.</param>
    /// <exception cref="InvalidOperationException">There is no response cache among the services.</exception>
    public static IEndpointConventionBuilder MapNet2CachePurge(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = DefaultPattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (endpoints.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(IResponseCachePurger)) == false)
            throw new InvalidOperationException("There is no response cache among the services. Call services.AddNet2Proxy(), or AddNet2ResponseCache(), before the application is built.");
        return endpoints.MapMethods(pattern, [HttpMethods.Post], (RequestDelegate)CachePurgeEndpoint.ServeAsync).WithMetadata(new AdministrativeEndpoint("the purge of the cache")).RequireAuthorizationByDefault();
    }
}
