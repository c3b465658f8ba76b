using System.Collections.Frozen;

namespace Net2Secure.Routing.Health;

/// <summary>All passive policies by name: the built-in one and the user's. Names are compared without regard to case; a later registration replaces an earlier.</summary>
internal sealed class PassiveHealthPolicyCatalog
{
    private readonly IServiceProvider _services;
    private readonly FrozenDictionary<string, Func<IServiceProvider, IPassiveHealthPolicy>> _factories;

    public PassiveHealthPolicyCatalog(IServiceProvider services, IEnumerable<PassiveHealthPolicyRegistration> registrations)
    {
        _services = services;
        var factories = new Dictionary<string, Func<IServiceProvider, IPassiveHealthPolicy>>(StringComparer.OrdinalIgnoreCase)
        {
            [PassiveHealthPolicyNames.TransportFailureRate] = static _ => new TransportFailureRatePolicy(),
        };
        foreach (var registration in registrations) factories[registration.Name] = registration.Create;
        _factories = factories.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Names = [.. factories.Keys.Order(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>All known names, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Makes the policy of one cluster; the default when the name is empty.</summary>
    /// <exception cref="KeyNotFoundException">The name is unknown, which the validation of settings rules out.</exception>
    public IPassiveHealthPolicy Create(string? name) =>
        _factories[string.IsNullOrEmpty(name) ? PassiveHealthPolicyNames.TransportFailureRate : name](_services)
        ?? throw new InvalidOperationException($"The factory of passive health policy '{name}' returned null.");
}
