namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>How the copying of a response body ended.</summary>
internal enum BodyCopyEnd
{
    /// <summary>The client takes no more of it.</summary>
    ClientStopped,

    /// <summary>All of it is in the output, head included, and nothing has been flushed: it goes out with the end of the response.</summary>
    NothingFlushed,

    /// <summary>All of it is in the output, and parts have been flushed before; what came last may not have been.</summary>
    Flushed,
}
