namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>The way in of a connection whose reader can go on on threads of the pool. A feature of connections of <see cref="PolledTransport"/>.</summary>
internal interface IPooledInput
{
    /// <summary>From here on every read ends on a thread of the pool: for a reader that is about to block, which would keep all connections of the thread waiting that tells of what has come.</summary>
    void UsePool();
}
