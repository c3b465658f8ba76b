using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Samples.Discovery;

/// <summary>Finds servers in a file, one URL a line; the metadata of the cluster say in which.</summary>
internal sealed class DirectoryDiscovery : IDestinationDiscovery
{
    public ValueTask<DiscoveredDestinations> DiscoverAsync(DiscoveryContext context, CancellationToken cancellationToken)
    {
        var servers = new List<DiscoveredDestination>();
        foreach (var line in File.ReadLines(context.Cluster.Metadata["servers"])) servers.Add(new DiscoveredDestination(new Uri(line)));
        return new(new DiscoveredDestinations(servers, timeToLive: TimeSpan.FromSeconds(10)));
    }
}
