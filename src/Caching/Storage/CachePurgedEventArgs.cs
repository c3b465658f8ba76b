namespace Net2Secure.Routing.Caching;

/// <summary>A purge that was made elsewhere.</summary>
/// <param name="purge">What it concerns.</param>
public sealed class CachePurgedEventArgs(CachePurge purge) : EventArgs
{
    /// <summary>What it concerns.</summary>
    public CachePurge Purge { get; } = purge ?? throw new ArgumentNullException(nameof(purge));
}
