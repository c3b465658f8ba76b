namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>Is told that the other side of a socket has ended while nobody was receiving.</summary>
internal interface IPeerWatcher
{
    /// <summary>It has. Called on the thread of the poller; must not throw.</summary>
    /// <param name="hasBroken">Not in order, but by a reset or the like.</param>
    void OnPeerEnded(bool hasBroken);
}
