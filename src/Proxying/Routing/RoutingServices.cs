using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Net2Secure.Routing.Proxying;

internal static class RoutingServices
{
    /// <summary>Registers what lets routing tell routes apart by IPv6 hosts, header fields and query parameters. Safe to call twice.</summary>
    public static IServiceCollection AddNet2RouteMatching(this IServiceCollection services)
    {
        services.AddRouting();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<MatcherPolicy, Ipv6HostMatcherPolicy>(),
            ServiceDescriptor.Singleton<MatcherPolicy, HeaderMatcherPolicy>(),
            ServiceDescriptor.Singleton<MatcherPolicy, QueryParameterMatcherPolicy>(),
            ServiceDescriptor.Singleton<MatcherPolicy, TieBreakerMatcherPolicy>(),
        ]);
        return services;
    }
}
