using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Dashboard;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the dashboard.</summary>
public static class Net2DashboardEndpointRouteBuilderExtensions
{
    /// <summary>The path by default.</summary>
    public const string DefaultPattern = "/_net2";

    /// <summary>Shows the state of the proxy as a page, and as a JSON API below <c>api/</c> that <c>api/openapi.json</c> describes; lets operators steer it.</summary>
    /// <remarks>
    /// Requires authorization by the application's default policy; <c>RequireAuthorization("policy")</c> on what is returned asks for another one, <c>AllowAnonymous()</c> for none: whoever reaches it may then take
    /// servers out of the traffic. An application whose configuration switches the dashboard on (<c>Net2Proxy:Dashboard</c>) does not need this call. Traffic is counted while somebody looks on, and for five minutes after.
    /// </remarks>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="pattern">The path.</param>
    /// <exception cref="InvalidOperationException"><c>AddNet2Proxy</c> has not been called, or the dashboard is mapped there already.</exception>
    public static IEndpointConventionBuilder MapNet2Dashboard(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = DefaultPattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var places = endpoints.ServiceProvider.GetService<DashboardPlaces>()
            ?? throw new InvalidOperationException("The proxy is not among the services. Call services.AddNet2Proxy() before the application is built.");
        if (!places.TryTake(pattern))
            throw new InvalidOperationException($"The dashboard is mapped at '{pattern}' already: by an earlier call, or by Net2Proxy:Dashboard of the configuration. Leave one of them out, or give it another path.");
        return DashboardEndpoints.Map(endpoints, pattern, isLocalOnly: false).RequireAuthorizationByDefault();
    }

    /// <summary>Maps the dashboard where the configuration or the host asks for it.</summary>
    internal static void MapConfiguredDashboard(IEndpointRouteBuilder endpoints)
    {
        var defaults = endpoints.ServiceProvider.GetRequiredService<IOptions<DashboardOptions>>().Value;
        var configured = endpoints.ServiceProvider.GetRequiredService<DashboardSection>().AtStart;
        if (!(configured?.Enabled ?? defaults.Enabled ?? false)) return;
        var options = configured ?? defaults;
        if (!endpoints.ServiceProvider.GetRequiredService<DashboardPlaces>().TryTake(options.Path)) return;
        var policy = options.AuthorizationPolicy;
        var group = DashboardEndpoints.Map(endpoints, options.Path, isLocalOnly: policy is null);
        // Who may use it has been asked already: no policy that the application has for everything else comes on top.
        if (policy is null || policy.Equals("Anonymous", StringComparison.OrdinalIgnoreCase)) group.AllowAnonymous();
        else if (policy.Equals("Default", StringComparison.OrdinalIgnoreCase)) group.RequireAuthorization();
        else group.RequireAuthorization(policy);
    }
}
