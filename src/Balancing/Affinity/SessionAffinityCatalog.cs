using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>All ways of affinity by name: the built-in ones, those of other rooms and the user's. Names are compared without regard to case; a later registration replaces an earlier.</summary>
internal sealed class SessionAffinityCatalog
{
    private readonly IServiceProvider _services;
    private readonly FrozenDictionary<string, Func<IServiceProvider, ISessionAffinity>> _factories;

    public SessionAffinityCatalog(IServiceProvider services, AffinityKeys keys, TimeProvider time, IEnumerable<SessionAffinityRegistration> registrations)
    {
        _services = services;
        var factories = new Dictionary<string, Func<IServiceProvider, ISessionAffinity>>(StringComparer.OrdinalIgnoreCase)
        {
            [SessionAffinityNames.HashCookie] = _ => new SignedCookieAffinity(keys, time),
            [SessionAffinityNames.ArrCookie] = _ => new ArrCookieAffinity(time),
            [SessionAffinityNames.CustomHeader] = _ => new SignedHeaderAffinity(keys),
            [SessionAffinityNames.LearnedCookie] = _ => new LearnedCookieAffinity(time),
            [SessionAffinityNames.ClientAddress] = _ => new ClientAddressAffinity(time),
            [SessionAffinityNames.RequestKey] = _ => new RequestKeyAffinity(time),
        };
        foreach (var registration in registrations) factories[registration.Name] = registration.Create;
        _factories = factories.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Names = [.. factories.Keys.Order(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>All known names, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The name of the way that the settings ask for, or of the default.</summary>
    public static string NameOf(SessionAffinityOptions options) => string.IsNullOrEmpty(options.Policy) ? SessionAffinityNames.HashCookie : options.Policy;

    /// <summary>What comes with this room, for use without services.</summary>
    public static SessionAffinityCatalog BuiltIn(TimeProvider time) => new(new NoServices(), new AffinityKeys(), time, []);

    /// <summary>Makes the instance of one cluster.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message lists those that are known.</exception>
    public ISessionAffinity Create(string name)
    {
        if (!_factories.TryGetValue(name, out var create))
            throw new ArgumentException($"'{name}' is no known way of session affinity. Known are {string.Join(", ", Names)}.", nameof(name));
        return create(_services) ?? throw new InvalidOperationException($"The factory of session affinity '{name}' returned null.");
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
