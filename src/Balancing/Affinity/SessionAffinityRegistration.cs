namespace Net2Secure.Routing.Balancing;

/// <summary>A way of affinity that somebody has given a name.</summary>
internal sealed record SessionAffinityRegistration(string Name, Func<IServiceProvider, ISessionAffinity> Create);
