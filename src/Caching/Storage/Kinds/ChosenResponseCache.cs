namespace Net2Secure.Routing.Caching;

/// <summary>A store behind the one in memory that a configuration has chosen, its settings being right.</summary>
/// <param name="Create">Makes the store, once, when the first route with a cache comes to life. It is disposed with the application.</param>
/// <param name="MaxBodyBytes">The largest body that it takes.</param>
/// <param name="IsShared">Whether other processes store there too: then what it was asked for is asked for anew after a few seconds, and not held to be known.</param>
public sealed record ChosenResponseCache(Func<IResponseCache> Create, long MaxBodyBytes, bool IsShared);
