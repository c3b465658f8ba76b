namespace Net2Secure.Routing.Proxying;

/// <summary>The request guard of a connection, found among the features of every HTTP/1.1 request it let through.</summary>
internal interface IRequestGuardFeature
{
    /// <summary>
    /// What <c>Connection</c> of the request being served says, where it names fields. The server itself, where it finds <c>close</c>, <c>keep-alive</c> or
    /// <c>Upgrade</c>, forgets the names beside it. To be asked for before the body is read.
    /// </summary>
    string? ConnectionOptions { get; }

    /// <summary>
    /// Tells that from now on the client speaks another protocol. The guard notices an upgrade by itself, from the 101 that goes out; this is for a
    /// switch it cannot see. Call it before the first octet of the tunnel is read.
    /// </summary>
    void EnterTunnel();
}
