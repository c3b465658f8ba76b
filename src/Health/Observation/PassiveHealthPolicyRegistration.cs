namespace Net2Secure.Routing.Health;

/// <summary>A passive policy that the user has given a name.</summary>
internal sealed record PassiveHealthPolicyRegistration(string Name, Func<IServiceProvider, IPassiveHealthPolicy> Create);
