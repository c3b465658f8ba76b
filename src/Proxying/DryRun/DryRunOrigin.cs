namespace Net2Secure.Routing.Proxying;

/// <summary>Where a request of a dry run comes from.</summary>
public enum DryRunOrigin
{
    /// <summary>From the match of a route, of either configuration.</summary>
    Route,

    /// <summary>From the caller.</summary>
    Asked,

    /// <summary>From the requests that were served of late. Its header fields and the values of its query are not known.</summary>
    Recent,
}
