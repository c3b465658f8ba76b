namespace Net2Secure.Routing.Proxying;

/// <summary>The request guard of a connection, found among the features of every HTTP/1.1 request it let through.</summary>
internal interface IRequestGuardFeature
{
    /// <summary>
    /// Tells that from now on the client speaks another protocol. The guard notices an upgrade by itself, from the 101 that goes out; this is for a
    /// switch it cannot see. Call it before the first octet of the tunnel is read.
    /// </summary>
    void EnterTunnel();
}
