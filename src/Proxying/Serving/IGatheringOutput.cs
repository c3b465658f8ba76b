namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>The way out of a connection that can send what several flushes have written with one call. A feature of connections of <see cref="PolledTransport"/>.</summary>
internal interface IGatheringOutput
{
    /// <summary>Whether it does.</summary>
    bool IsGathering { get; }

    /// <summary>From here on a flush of a little is over at once, and its bytes go out behind what this process has to do already, as long as several come together: for connections that carry many answers at a time.</summary>
    void Gather();
}
