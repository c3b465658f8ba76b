using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the routes of the proxy.</summary>
public static class Net2ProxyEndpointRouteBuilderExtensions
{
    /// <summary>Maps the routes of the proxy's configuration, those of now and, as it changes, those of later.</summary>
    /// <param name="endpoints">The routes of the application.</param>
    /// <returns>Takes conventions that are applied to every route of the proxy, such as <c>RequireAuthorization()</c>.</returns>
    /// <exception cref="ProxyConfigException">The configuration cannot be used; everything that is wrong with it is listed.</exception>
    /// <exception cref="InvalidOperationException"><c>AddNet2Proxy</c> has not been called.</exception>
    public static IEndpointConventionBuilder MapNet2Proxy(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var manager = endpoints.ServiceProvider.GetService<ProxyStateManager>()
            ?? throw new InvalidOperationException("The proxy is not among the services. Call services.AddNet2Proxy() before the application is built.");
        manager.Start();
        if (endpoints.DataSources.Contains(manager.Endpoints)) return manager.Endpoints;
        endpoints.DataSources.Add(manager.Endpoints);
        Net2DashboardEndpointRouteBuilderExtensions.MapConfiguredDashboard(endpoints);
        return manager.Endpoints;
    }

    /// <summary>Answers what no other endpoint takes with 404 and problem details (RFC 9457). For an application that is a proxy and nothing else.</summary>
    /// <remarks>Stands behind every other endpoint, <c>MapFallback</c> included.</remarks>
    /// <param name="endpoints">The routes of the application.</param>
    public static IEndpointConventionBuilder MapNet2NotFound(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RequestDelegate notFound = static async context =>
            await ProblemResponse.TryWriteAsync(context, StatusCodes.Status404NotFound, AttemptFailureKinds.DestinationUnavailable, route: null).ConfigureAwait(false);
        var endpoint = endpoints.Map("/{**unmatched}", notFound);
        endpoint.Add(static builder => ((RouteEndpointBuilder)builder).Order = int.MaxValue);
        return endpoint;
    }
}
