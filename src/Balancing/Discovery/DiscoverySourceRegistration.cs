namespace Net2Secure.Routing.Balancing;

/// <summary>A source of discovery that the user has given a name.</summary>
internal sealed record DiscoverySourceRegistration(string Name, Func<IServiceProvider, IDestinationDiscovery> Create);
