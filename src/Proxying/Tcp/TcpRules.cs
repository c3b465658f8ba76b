using System.Globalization;
using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Shielding;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Reads and checks the section <c>Tcp</c>.</summary>
internal static class TcpRules
{
    private static readonly DurationRange Hello = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
    private static readonly DurationRange Idle = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
    private static readonly NumberRange Connections = new(1, 1_000_000);

    public static TcpListenerOptions Read(SectionReader reader, string name)
    {
        var options = new TcpListenerOptions
        {
            Address = reader.Text(nameof(TcpListenerOptions.Address)) ?? "",
            ClusterId = reader.Text(nameof(TcpListenerOptions.ClusterId)),
            ServerNames = reader.TextMap(nameof(TcpListenerOptions.ServerNames)),
            SendProxyProtocol = reader.Word<ProxyProtocolVersion>(nameof(TcpListenerOptions.SendProxyProtocol)) ?? ProxyProtocolVersion.None,
            AllowNetworks = reader.Texts(nameof(TcpListenerOptions.AllowNetworks)),
            DenyNetworks = reader.Texts(nameof(TcpListenerOptions.DenyNetworks)),
        };
        options.HelloTimeout = reader.Duration(nameof(TcpListenerOptions.HelloTimeout), Hello) ?? options.HelloTimeout;
        options.IdleTimeout = reader.Duration(nameof(TcpListenerOptions.IdleTimeout), Idle) ?? options.IdleTimeout;
        options.MaxConnections = reader.Integer(nameof(TcpListenerOptions.MaxConnections), Connections) ?? options.MaxConnections;
        return options;
    }

    /// <summary>Checks all of them.</summary>
    /// <param name="listeners">The ports by name.</param>
    /// <param name="path">Where they stand.</param>
    /// <param name="clusters">The names of all clusters; <see langword="null"/> where they are not known yet.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void Validate(IDictionary<string, TcpListenerOptions> listeners, string path, IReadOnlyCollection<string>? clusters, ICollection<ConfigError> errors)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, listener) in listeners)
        {
            var below = path.Below(name);
            Validate(listener, below, errors);
            if (TryParseAddress(listener.Address, out var endpoint) && !addresses.TryAdd(endpoint.ToString(), below))
                errors.Report(below.Below(nameof(listener.Address)), $"'{listener.Address}' is that of {addresses[endpoint.ToString()]} too: each port can be listened on once.");
            if (clusters is null) continue;
            if (!string.IsNullOrEmpty(listener.ClusterId)) CheckCluster(listener.ClusterId, below.Below(nameof(listener.ClusterId)), clusters, errors);
            foreach (var (host, cluster) in listener.ServerNames) CheckCluster(cluster, below.Below(nameof(listener.ServerNames)).Below(host), clusters, errors);
        }
    }

    /// <summary>Reads where a port listens.</summary>
    public static bool TryParseAddress(string? text, out IPEndPoint endpoint)
    {
        endpoint = new(IPAddress.IPv6Any, 0);
        if (string.IsNullOrEmpty(text)) return false;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        var host = text[..colon];
        if (host == "*")
        {
            endpoint = new(IPAddress.IPv6Any, port);
            return true;
        }

        // An IPv6 address stands in brackets, or the port could not be told from it.
        var isBracketed = host is ['[', .., ']'];
        if (!IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var address) || isBracketed != host.Contains(':', StringComparison.Ordinal)) return false;
        if (!isBracketed && host.Count(static c => c == '.') != 3) return false;
        endpoint = new(address, port);
        return true;
    }

    private static void Validate(TcpListenerOptions listener, string path, ICollection<ConfigError> errors)
    {
        if (!TryParseAddress(listener.Address, out _))
        {
            errors.Report(path.Below(nameof(listener.Address)), listener.Address is { Length: > 0 } address
                ? $"'{address}' is not allowed: an address and a port are expected, such as 0.0.0.0:5432 or [::]:443, or * and a port, such as *:5432."
                : "is required: an address and a port, such as 0.0.0.0:5432 or [::]:443, or * and a port, such as *:5432.");
        }

        if (string.IsNullOrEmpty(listener.ClusterId) && listener.ServerNames.Count == 0)
            errors.Report(path.Below(nameof(listener.ClusterId)), "is required where ServerNames names no cluster: the cluster that connections go to.");
        foreach (var host in listener.ServerNames.Keys)
        {
            if (TlsHostNames.Problem(host) is { } problem) errors.Report(path.Below(nameof(listener.ServerNames)).Below(host), problem);
        }

        if (!Enum.IsDefined(listener.SendProxyProtocol))
            errors.Report(path.Below(nameof(listener.SendProxyProtocol)), $"'{listener.SendProxyProtocol}' is not allowed: one of {string.Join(", ", Enum.GetNames<ProxyProtocolVersion>())} is expected.");
        ClusterOptionsValidator.Check(listener.HelloTimeout, Hello, path.Below(nameof(listener.HelloTimeout)), errors);
        ClusterOptionsValidator.Check(listener.IdleTimeout, Idle, path.Below(nameof(listener.IdleTimeout)), errors);
        ClusterOptionsValidator.Check(listener.MaxConnections, Connections, path.Below(nameof(listener.MaxConnections)), errors);
        NetworkSet.Validate(listener.AllowNetworks, path.Below(nameof(listener.AllowNetworks)), errors);
        NetworkSet.Validate(listener.DenyNetworks, path.Below(nameof(listener.DenyNetworks)), errors);
    }

    private static void CheckCluster(string name, string path, IReadOnlyCollection<string> clusters, ICollection<ConfigError> errors)
    {
        if (clusters.Contains(name, StringComparer.OrdinalIgnoreCase)) return;
        errors.Report(path, clusters.Count == 0 ? $"'{name}' is not a cluster: there are none." : $"'{name}' is not a cluster. {NearestName.Remedy(name, clusters)}");
    }
}
