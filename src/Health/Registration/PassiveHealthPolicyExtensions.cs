using System.Diagnostics.CodeAnalysis;
using Net2Secure.Routing.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives names to policies of the user that judge real traffic.</summary>
public static class PassiveHealthPolicyExtensions
{
    /// <summary>Gives a passive policy of the user a name, so that clusters can ask for it in <c>HealthCheck:Passive:Policy</c>.</summary>
    /// <typeparam name="TPolicy">The policy. One instance is made per cluster, its constructor is served from the root services; it must own nothing disposable.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in policy replaces it.</param>
    public static IServiceCollection AddNet2PassiveHealthPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(
        this IServiceCollection services, string name)
        where TPolicy : class, IPassiveHealthPolicy =>
        services.AddNet2PassiveHealthPolicy(name, static s => ActivatorUtilities.CreateInstance<TPolicy>(s));

    /// <summary>Gives a passive policy of the user a name, so that clusters can ask for it in <c>HealthCheck:Passive:Policy</c>.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The name, compared without regard to case. The name of a built-in policy replaces it.</param>
    /// <param name="create">Makes the instance of one cluster; receives the root services.</param>
    public static IServiceCollection AddNet2PassiveHealthPolicy(this IServiceCollection services, string name, Func<IServiceProvider, IPassiveHealthPolicy> create)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        return services.AddSingleton(new PassiveHealthPolicyRegistration(name, create));
    }
}
