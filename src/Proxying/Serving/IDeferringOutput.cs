namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>The way out of a connection that can send the end of an answer a little later, together with those of other connections. A feature of connections of <see cref="PolledTransport"/>.</summary>
internal interface IDeferringOutput
{
    /// <summary>
    /// The flush that comes next is the last of an answer, and what this thread does behind it is soon done. It may be over before its bytes are sent: they follow when the poller of this thread has carried on the
    /// other sockets of its round.
    /// </summary>
    void DeferNext();

    /// <summary>The same, where some of the bytes are lent (<see cref="ILendingOutput"/>).</summary>
    /// <param name="letGo">Called with <paramref name="lent"/>, from anywhere, when nobody needs them any more. Must not block or throw.</param>
    /// <param name="lent">What the bytes belong to.</param>
    /// <returns><see langword="false"/>: they are needed until the flush has ended, and <paramref name="letGo"/> is not called.</returns>
    bool TryDeferNext(Action<object> letGo, object lent);
}
