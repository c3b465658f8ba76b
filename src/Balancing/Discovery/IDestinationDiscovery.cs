namespace Net2Secure.Routing.Balancing;

/// <summary>Finds the servers that stand behind a destination of the configuration, for example by asking a directory for its name.</summary>
/// <remarks>
/// One instance serves the process and is called from many threads at once, now and again for each destination, never on the request path. What it finds takes the place of the destination; what it found last
/// stays in force for as long as it fails, or finds nothing.
/// </remarks>
public interface IDestinationDiscovery
{
    /// <summary>Finds the servers of this moment.</summary>
    /// <param name="context">What is asked for.</param>
    /// <param name="cancellationToken">Cancelled when <see cref="DiscoveryOptions.Timeout"/> is over, and when nobody wants to know any more.</param>
    /// <returns>The servers. None at all counts as a failure: a directory that has lost its entries must not take a cluster down.</returns>
    /// <exception cref="Exception">Anything: it is logged once, and asked again later.</exception>
    ValueTask<DiscoveredDestinations> DiscoverAsync(DiscoveryContext context, CancellationToken cancellationToken);
}
