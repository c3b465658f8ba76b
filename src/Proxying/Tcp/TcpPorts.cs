using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Proxying.Shielding;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>All ports that are passed through: opened when the host starts, and changed as the configuration does.</summary>
/// <remarks>
/// Sockets of our own rather than the server's connections: those can be closed both ways at once only, and a protocol that ends one direction and goes on in the other would be cut.
/// A port whose address stays keeps its socket across a reload, so that no connection is refused meanwhile.
/// </remarks>
internal sealed class TcpPorts(IClusterRegistry registry, Shield shield, AddressConnections connections, IOptions<TcpOptions> coded, TcpTelemetry telemetry, TimeProvider time, ILogger<TcpPorts> logger, ProxyEvents? events = null) : IHostedService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TcpPort> _ports = new(StringComparer.Ordinal);
    private readonly List<TcpPort> _closed = [];
    private Dictionary<string, TcpRoute> _wanted = new(StringComparer.Ordinal);
    private bool _isListening;

    /// <summary>What the code says where no source of configuration has the section.</summary>
    public IDictionary<string, TcpListenerOptions> Coded => coded.Value.Listeners;

    /// <summary>Puts other settings in force; before the host starts, they are kept for then.</summary>
    /// <param name="listeners">The ports, validated.</param>
    /// <param name="clusters">The clusters, for the settings of connections.</param>
    public void Apply(IDictionary<string, TcpListenerOptions> listeners, IReadOnlyList<ProxyClusterOptions> clusters)
    {
        var targets = new Dictionary<string, TcpTarget>(StringComparer.OrdinalIgnoreCase);
        var wanted = new Dictionary<string, TcpRoute>(StringComparer.Ordinal);
        foreach (var (name, options) in listeners) wanted[options.Address] = new TcpRoute(name, options, TargetOf);
        lock (_lock)
        {
            _wanted = wanted;
            if (_isListening) Settle_NeedsLock(isStart: false);
        }

        TcpTarget TargetOf(string clusterId)
        {
            if (targets.TryGetValue(clusterId, out var known)) return known;
            var cluster = clusters.FirstOrDefault(c => string.Equals(c.ClusterId, clusterId, StringComparison.OrdinalIgnoreCase));
            var connector = new Connector(new Http1TransportOptions { ConnectTimeout = cluster?.HttpClient?.ConnectTimeout ?? ClusterTransport.DefaultConnectTimeout }, time);
            return targets[clusterId] = new TcpTarget(new ClusterReference(registry, clusterId), connector);
        }
    }

    /// <summary>Where a port listens, for one whose settings leave its number to the system; <see langword="null"/>: it does not.</summary>
    public IPEndPoint? Find(string address)
    {
        lock (_lock) return _ports.GetValueOrDefault(address)?.LocalEndPoint;
    }

    /// <summary>The ports that are listened on, by name.</summary>
    public IReadOnlyList<TcpPort> Listening
    {
        get
        {
            lock (_lock) return [.. _ports.Values.OrderBy(static p => p.Name, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <exception cref="IOException">A port cannot be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _isListening = true;
            Settle_NeedsLock(isStart: true);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        List<TcpPort> ports;
        lock (_lock)
        {
            _isListening = false;
            ports = [.. _ports.Values, .. _closed];
            _ports.Clear();
            _closed.Clear();
        }

        foreach (var port in ports) port.Close();
        await Task.WhenAll(ports.Select(port => port.DrainAsync(cancellationToken))).ConfigureAwait(false);
    }

    private void Settle_NeedsLock(bool isStart)
    {
        _closed.RemoveAll(static port => port.OpenCount == 0);
        foreach (var (address, port) in _ports.Where(p => !_wanted.ContainsKey(p.Key)).ToList())
        {
            _ports.Remove(address);
            _closed.Add(port);
            port.Close();
            events?.Tell(ProxyEventKinds.Configuration, Severities.Info, port.Name, $"The TCP port on {port.LocalEndPoint} takes no more connections; those that it has may finish.");
        }

        foreach (var (address, route) in _wanted)
        {
            if (_ports.TryGetValue(address, out var port)) port.Use(route);
            else Open_NeedsLock(address, route, isStart);
        }
    }

    private void Open_NeedsLock(string address, TcpRoute route, bool isStart)
    {
        if (!TcpRules.TryParseAddress(address, out var endpoint)) throw new System.Diagnostics.UnreachableException();
        try
        {
            var port = new TcpPort(endpoint, route, shield, connections, telemetry, time, logger);
            _ports.Add(address, port);
            port.Start();
            events?.Tell(ProxyEventKinds.Configuration, Severities.Info, route.Name, $"The TCP port listens on {port.LocalEndPoint}.");
        }
        catch (SocketException e)
        {
            if (isStart) throw new IOException($"The TCP port '{route.Name}' cannot listen on {address}: {e.Message}.", e);
            TcpLog.NotListening(logger, route.Name, address, e.Message);
            events?.Tell(ProxyEventKinds.Configuration, Severities.Error, route.Name, $"The TCP port cannot listen on {address}: {e.Message}. The others go on.");
        }
    }
}
