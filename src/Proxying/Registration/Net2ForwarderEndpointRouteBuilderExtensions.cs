using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Forwards to an address that the code names, without a configuration.</summary>
public static class Net2ForwarderEndpointRouteBuilderExtensions
{
    /// <summary>Forwards what matches a pattern to one address.</summary>
    /// <remarks>
    /// The request goes through everything that a configured route's goes through: the request guard, the rules of forwarding, the handlers of <see cref="IClusterHandlerFactory"/>,
    /// streaming both ways, tunnels, timeouts and problem details. The path stays as it is (behind a path in the address, if it has one) unless a transform changes it. For several
    /// addresses, or for anything that changes while the application runs, use <c>MapNet2Proxy</c>.
    /// </remarks>
    /// <param name="endpoints">The routes of the application, or a group of them.</param>
    /// <param name="pattern">The route pattern: <c>"/{**rest}"</c> takes everything that no other endpoint does.</param>
    /// <param name="destination">An absolute <c>http</c> or <c>https</c> URL.</param>
    /// <param name="configure">Transforms, settings of connections and requests, time limits. Default: none.</param>
    /// <returns>Takes conventions, such as <c>RequireAuthorization()</c> or <c>RequireHost("shop.example")</c>.</returns>
    /// <exception cref="ProxyConfigException">The address or an option cannot be used; everything that is wrong is listed.</exception>
    /// <exception cref="InvalidOperationException"><c>AddNet2Proxy</c> has not been called.</exception>
    public static IEndpointConventionBuilder MapNet2Forwarder(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, string destination, Action<DirectForwardingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentException.ThrowIfNullOrWhiteSpace(destination);
        var forwarding = endpoints.ServiceProvider.GetService<DirectForwarding>()
            ?? throw new InvalidOperationException("The proxy is not among the services. Call services.AddNet2Proxy() before the application is built.");
        var options = new DirectForwardingOptions();
        configure?.Invoke(options);
        var mapped = forwarding.Create(pattern, destination, options);
        var endpoint = endpoints.Map(pattern, mapped.Serve).WithMetadata(mapped.State).WithDisplayName(mapped.State.RouteId);
        return options.MaxRequestBodySize is { } size ? endpoint.WithMetadata(new RequestSizeLimit(size < 0 ? null : size)) : endpoint;
    }
}
