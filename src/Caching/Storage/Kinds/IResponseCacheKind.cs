namespace Net2Secure.Routing.Caching;

/// <summary>A kind of store that the configuration of a proxy can put behind the one in memory, by the name of its section: <c>Cache:Postgres</c> for one that is called so.</summary>
/// <remarks>
/// Registered as a service; there may be several. One instance is called from several threads at once, each time that a configuration is read or rehearsed: it must be quick, do no I/O, and change nothing. What it throws
/// refuses the configuration.
/// </remarks>
public interface IResponseCacheKind
{
    /// <summary>The name of its section. Unique among the kinds, without regard to case, and none of <c>Memory</c>, <c>Disk</c> and <c>Tiers</c>.</summary>
    string Name { get; }

    /// <summary>Reads all settings, and reports everything that is wrong with them.</summary>
    /// <param name="settings">The section. Not to be kept.</param>
    /// <returns>What makes the store. Not used where something was reported.</returns>
    ChosenResponseCache Read(ResponseCacheSettings settings);
}
