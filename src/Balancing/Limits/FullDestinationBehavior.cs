namespace Net2Secure.Routing.Balancing;

/// <summary>What becomes of a request that is kept on a destination which has as many requests as it may.</summary>
public enum FullDestinationBehavior
{
    /// <summary>It waits for that destination, and is refused when it may not wait: choose it where the destination has what the client left there.</summary>
    Wait,

    /// <summary>It goes to another destination like any other request: choose it where being kept is a matter of speed only.</summary>
    Spill,
}
