using System.Security.Authentication;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>Checks a cluster.</summary>
internal static class ProxyClusterOptionsValidator
{
    public static readonly NumberRange MaxConnections = new(1, 1_000_000);
    public static readonly DurationRange ConnectTimeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(5));
    public static readonly DurationRange ConnectionIdleTimeout = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
    public static readonly DurationRange ConnectionLifetime = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(30));
    public static readonly NumberRange WarmConnections = new(0, 1_000);
    public static readonly DurationRange ActivityTimeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
    public static readonly string[] Encodings = ["utf-8", "latin1", "iso-8859-1", "ascii", "us-ascii"];
    public static readonly string[] Versions = ["1.0", "1.1", "2", "2.0", "3", "3.0"];

    // What the platform calls obsolete is there for old destinations; SSL 2 and 3 are not (RFC 6176, RFC 7568).
    public static readonly string[] Protocols = ["None", "Tls", "Tls11", "Tls12", "Tls13"];

    public static void Validate(
        ProxyClusterOptions cluster, string path, ProxyConfigNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterOptionsValidator.Validate(cluster, path, known.Cluster, errors, notices);
        HealthCheckRules.ValidateMetadata(cluster, path, errors);
        if (cluster.HealthCheck is { } health)
        {
            HealthCheckRules.Validate(health, path.Below(nameof(cluster.HealthCheck)), known.Health, errors, notices);
        }

        if (cluster.HttpClient is { } client)
        {
            Validate(client, path.Below(nameof(cluster.HttpClient)), errors);
        }

        if (cluster.HttpClient is { SendProxyProtocol: { } version and not ProxyProtocolVersion.None })
        {
            CheckProxyProtocol(cluster, version, path.Below(nameof(cluster.HttpClient)).Below(nameof(HttpClientOptions.SendProxyProtocol)), errors);
        }

        if (cluster.HttpRequest is { } request)
        {
            Validate(request, path.Below(nameof(cluster.HttpRequest)), errors);
        }
    }

    private static void Validate(HttpClientOptions client, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(client.MaxConnectionsPerServer, MaxConnections, path.Below(nameof(client.MaxConnectionsPerServer)), errors);
        ClusterOptionsValidator.Check(client.ConnectTimeout, ConnectTimeout, path.Below(nameof(client.ConnectTimeout)), errors);
        ClusterOptionsValidator.Check(client.PooledConnectionIdleTimeout, ConnectionIdleTimeout, path.Below(nameof(client.PooledConnectionIdleTimeout)), errors);
        ClusterOptionsValidator.Check(client.PooledConnectionLifetime, ConnectionLifetime, path.Below(nameof(client.PooledConnectionLifetime)), errors);
        ClusterOptionsValidator.Check(client.WarmConnections, WarmConnections, path.Below(nameof(client.WarmConnections)), errors);
        if (client.Transport is { } transport && !HttpTransportNames.All.Contains(transport, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(path.Below(nameof(client.Transport)), $"'{transport}' is not allowed: one of {string.Join(", ", HttpTransportNames.All)} is expected.");
        }

        CheckEncoding(client.RequestHeaderEncoding, path.Below(nameof(client.RequestHeaderEncoding)), errors);
        CheckEncoding(client.ResponseHeaderEncoding, path.Below(nameof(client.ResponseHeaderEncoding)), errors);
        var allowed = SslProtocols.None;
        foreach (var name in Protocols)
        {
            allowed |= Enum.Parse<SslProtocols>(name);
        }

        if (client.SslProtocols is { } protocols && (protocols & ~allowed) != SslProtocols.None)
        {
            errors.Report(path.Below(nameof(client.SslProtocols)), $"'{protocols}' is not allowed: some of {string.Join(", ", Protocols)} are expected.");
        }

        DestinationTls.Validate(client, path, errors);
        if (client.WebProxy is { } proxy)
        {
            var addressPath = path.Below(nameof(client.WebProxy)).Below(nameof(proxy.Address));
            if (HttpAddress.Problem(proxy.Address?.OriginalString) is { } problem)
            {
                errors.Report(addressPath, problem);
            }
        }
    }

    // A connection that begins with one client's address must not carry another's requests.
    private static void CheckProxyProtocol(ProxyClusterOptions cluster, ProxyProtocolVersion version, string path, ICollection<ConfigError> errors)
    {
        if (!Enum.IsDefined(version)) errors.Report(path, $"'{version}' is not allowed: one of {string.Join(", ", Enum.GetNames<ProxyProtocolVersion>())} is expected.");
        else if (cluster.HttpRequest is not { Version: { Major: 1, Minor: 1 }, VersionPolicy: not HttpVersionPolicy.RequestVersionOrHigher })
            errors.Report(path, $"'{version}' needs HTTP/1.1: set HttpRequest:Version to 1.1, and HttpRequest:VersionPolicy to nothing above it.");
        else if (ClusterTransport.NeedsPlatform(cluster.HttpClient!))
            errors.Report(path, $"'{version}' needs the transport {HttpTransportNames.Net2}: remove Transport, WebProxy:UseDefaultCredentials and charsets other than latin1.");
        else if (cluster.HttpClient!.WebProxy is not null) errors.Report(path, $"'{version}' stands beside WebProxy, which would get it in the place of the destination: only one of them may be set.");
        else if (cluster.HttpClient.WarmConnections > 0) errors.Report(path, $"'{version}' stands beside WarmConnections, which are opened before there is a client: only one of them may be set.");
    }

    private static void Validate(HttpRequestOptions request, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(request.ActivityTimeout, ActivityTimeout, path.Below(nameof(request.ActivityTimeout)), errors);
        if (request.Version is { } version && (version.Build >= 0 || !Versions.Contains(version.ToString(), StringComparer.Ordinal)))
        {
            errors.Report(path.Below(nameof(request.Version)), $"'{version}' is not allowed: one of 1.0, 1.1, 2, 3 is expected.");
        }

        if (request.VersionPolicy is { } policy && !Enum.IsDefined(policy))
        {
            errors.Report(path.Below(nameof(request.VersionPolicy)), $"'{policy}' is not allowed: one of {string.Join(", ", Enum.GetNames<HttpVersionPolicy>())} is expected.");
        }
    }

    private static void CheckEncoding(string? encoding, string path, ICollection<ConfigError> errors)
    {
        if (encoding is not null && !Encodings.Contains(encoding, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(path, $"'{encoding}' is not allowed: one of {string.Join(", ", Encodings)} is expected.");
        }
    }
}
