using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>The transport of each cluster, kept across reloads for as long as its settings stay equal, so that connections survive.</summary>
/// <remarks>Used from one thread at a time.</remarks>
internal sealed class ClusterTransports(TimeProvider time, SocketPollers? pollers = null) : IDisposable
{
    /// <summary>A transport that is no longer wanted may still be asked by requests that read the configuration a moment ago.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly HashSet<ITimer> _retiring = [];
    private Dictionary<string, Entry> _serving = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, Entry> _coming = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The transport for a cluster of the configuration that is being applied.</summary>
    public ClusterTransport Get(string clusterId, HttpClientOptions options)
    {
        if (!_serving.TryGetValue(clusterId, out var entry) || entry.Options != options)
        {
            // A copy: what the user changes later must not make unequal settings look equal.
            entry = new(options with { }, new ClusterTransport(options, time, pollers));
        }

        _coming[clusterId] = entry;
        return entry.Transport;
    }

    /// <summary>The configuration serves: lets go of transports that it did not ask for. Requests in flight finish.</summary>
    public void Accept()
    {
        var before = _serving;
        (_serving, _coming) = (_coming, new(StringComparer.OrdinalIgnoreCase));
        foreach (var (id, entry) in before)
        {
            if (_serving.GetValueOrDefault(id)?.Transport != entry.Transport) Retire(entry.Transport);
        }
    }

    /// <summary>The configuration was refused: what was made for it alone goes.</summary>
    public void Discard()
    {
        foreach (var (id, entry) in _coming)
        {
            if (_serving.GetValueOrDefault(id)?.Transport != entry.Transport) entry.Transport.Dispose();
        }

        _coming.Clear();
    }

    public void Dispose()
    {
        foreach (var entry in _serving.Values) entry.Transport.Dispose();
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
