namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>The transport of each cluster, kept across reloads for as long as its settings stay equal, so that connections survive.</summary>
/// <remarks>Used from one thread at a time.</remarks>
internal sealed class ClusterTransports(TimeProvider time) : IDisposable
{
    /// <summary>A transport that is no longer wanted may still be asked by requests that read the configuration a moment ago.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Entry> _byCluster = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<ITimer> _retiring = [];

    /// <summary>The transport for a cluster.</summary>
    public ClusterTransport Get(string clusterId, HttpClientOptions options)
    {
        if (_byCluster.TryGetValue(clusterId, out var entry))
        {
            if (entry.Options == options) return entry.Transport;
            Retire(entry.Transport);
        }

        // A copy: what the user changes later must not make unequal settings look equal.
        entry = new(options with { }, new ClusterTransport(options, time));
        _byCluster[clusterId] = entry;
        return entry.Transport;
    }

    /// <summary>Lets go of the transports of clusters that are no more. Requests in flight finish.</summary>
    public void KeepOnly(IReadOnlySet<string> clusterIds)
    {
        foreach (var (id, entry) in _byCluster)
        {
            if (clusterIds.Contains(id)) continue;
            _byCluster.Remove(id);
            Retire(entry.Transport);
        }
    }

    public void Dispose()
    {
        foreach (var entry in _byCluster.Values) entry.Transport.Dispose();
        lock (_retiring)
        {
            foreach (var timer in _retiring) timer.Dispose();
            _retiring.Clear();
        }
    }

    private void Retire(HttpMessageHandler transport)
    {
        ITimer? timer = null;
        lock (_retiring)
        {
            timer = time.CreateTimer(
                _ =>
                {
                    transport.Dispose();
                    lock (_retiring) _retiring.Remove(timer!);
                },
                null,
                Grace,
                System.Threading.Timeout.InfiniteTimeSpan);
            _retiring.Add(timer);
        }
    }

    private sealed record Entry(HttpClientOptions Options, ClusterTransport Transport);
}
