using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Affinity;

/// <summary>Adds the way of affinity that needs ASP.NET Core.</summary>
internal static class ProtectedCookieRegistration
{
    /// <summary>Adds it once, and before those of the user, so that one of the same name takes its place.</summary>
    public static void AddNet2ProtectedCookieAffinity(this IServiceCollection services)
    {
        if (services.Any(static d => d.ServiceType == typeof(AffinityProtection))) return;
        services.TryAddSingleton<AffinityProtection>();
        services.Insert(0, ServiceDescriptor.Singleton(new SessionAffinityRegistration(
            SessionAffinityNames.Cookie, static s => new ProtectedCookieAffinity(s.GetRequiredService<AffinityProtection>(), s.GetRequiredService<TimeProvider>()))));
    }
}
