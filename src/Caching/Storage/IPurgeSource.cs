namespace Net2Secure.Routing.Caching;

/// <summary>A store that hears of purges made elsewhere. Optional beside <see cref="IResponseCache"/>: whoever keeps copies in front of such a store, or has fetches on their way into it, listens.</summary>
public interface IPurgeSource
{
    /// <summary>
    /// Raised for what another process has purged or removed, once it does not come back from the store itself. <see cref="CachePurge.ForEverything"/> also says that purges may have been missed, as after a long
    /// disconnection. Raised from a background thread, one call at a time; a handler must be quick and must not throw. Who raised it does not matter.
    /// </summary>
    event EventHandler<CachePurgedEventArgs>? Purged;
}
