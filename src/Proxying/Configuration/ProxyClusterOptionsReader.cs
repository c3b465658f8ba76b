using System.Security.Authentication;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads a cluster: what balancing and health know of it, and how its destinations are connected to and asked.</summary>
internal static class ProxyClusterOptionsReader
{
    public static ProxyClusterOptions Read(SectionReader reader, string name)
    {
        var cluster = new ProxyClusterOptions { ClusterId = name };
        ClusterOptionsReader.Fill(cluster, reader);
        reader.Refuse("Extensions", "holds types of YARP that an application registers with it; what an application wants to say of a cluster goes into Metadata.");
        cluster.HealthCheck = reader.Section(nameof(ProxyClusterOptions.HealthCheck), HealthCheckRules.Read);
        cluster.HttpClient = reader.Section(nameof(ProxyClusterOptions.HttpClient), ReadHttpClient);
        cluster.HttpRequest = reader.Section(nameof(ProxyClusterOptions.HttpRequest), ReadHttpRequest);
        return cluster;
    }

    private static HttpClientOptions ReadHttpClient(SectionReader reader) => new()
    {
        SslProtocols = ReadProtocols(reader),
        DangerousAcceptAnyServerCertificate = reader.Boolean(nameof(HttpClientOptions.DangerousAcceptAnyServerCertificate)),
        TrustAnchors = reader.Text(nameof(HttpClientOptions.TrustAnchors)),
        ServerName = reader.Text(nameof(HttpClientOptions.ServerName)),
        CertificateName = reader.Text(nameof(HttpClientOptions.CertificateName)),
        ClientCertificate = reader.Section(nameof(HttpClientOptions.ClientCertificate), static certificate => new HttpClientCertificateOptions
        {
            Path = certificate.Text(nameof(HttpClientCertificateOptions.Path)) ?? "",
            KeyPath = certificate.Text(nameof(HttpClientCertificateOptions.KeyPath)),
            Password = certificate.Text(nameof(HttpClientCertificateOptions.Password)),
        }),
        MaxConnectionsPerServer = reader.Integer(nameof(HttpClientOptions.MaxConnectionsPerServer), ProxyClusterOptionsValidator.MaxConnections),
        EnableMultipleHttp2Connections = reader.Boolean(nameof(HttpClientOptions.EnableMultipleHttp2Connections)),
        RequestHeaderEncoding = reader.Word(nameof(HttpClientOptions.RequestHeaderEncoding), ProxyClusterOptionsValidator.Encodings),
        ResponseHeaderEncoding = reader.Word(nameof(HttpClientOptions.ResponseHeaderEncoding), ProxyClusterOptionsValidator.Encodings),
        WebProxy = reader.Section(nameof(HttpClientOptions.WebProxy), static proxy => new WebProxyOptions
        {
            Address = proxy.Url(nameof(WebProxyOptions.Address)),
            BypassOnLocal = proxy.Boolean(nameof(WebProxyOptions.BypassOnLocal)),
            UseDefaultCredentials = proxy.Boolean(nameof(WebProxyOptions.UseDefaultCredentials)),
        }),
        ConnectTimeout = reader.Duration(nameof(HttpClientOptions.ConnectTimeout), ProxyClusterOptionsValidator.ConnectTimeout),
        PooledConnectionIdleTimeout = reader.Duration(nameof(HttpClientOptions.PooledConnectionIdleTimeout), ProxyClusterOptionsValidator.ConnectionIdleTimeout),
        PooledConnectionLifetime = reader.Duration(nameof(HttpClientOptions.PooledConnectionLifetime), ProxyClusterOptionsValidator.ConnectionLifetime),
        WarmConnections = reader.Integer(nameof(HttpClientOptions.WarmConnections), ProxyClusterOptionsValidator.WarmConnections),
        SendProxyProtocol = reader.Word<ProxyProtocolVersion>(nameof(HttpClientOptions.SendProxyProtocol)),
        Transport = reader.Word(nameof(HttpClientOptions.Transport), HttpTransportNames.All),
    };

    private static HttpRequestOptions ReadHttpRequest(SectionReader reader) => new()
    {
        ActivityTimeout = reader.Duration(nameof(HttpRequestOptions.ActivityTimeout), ProxyClusterOptionsValidator.ActivityTimeout),
        Version = reader.Version(nameof(HttpRequestOptions.Version), ProxyClusterOptionsValidator.Versions),
        VersionPolicy = reader.Word<HttpVersionPolicy>(nameof(HttpRequestOptions.VersionPolicy)),
        AllowResponseBuffering = reader.Boolean(nameof(HttpRequestOptions.AllowResponseBuffering)),
    };

    private static SslProtocols? ReadProtocols(SectionReader reader)
    {
        if (reader.Words(nameof(HttpClientOptions.SslProtocols), ProxyClusterOptionsValidator.Protocols) is not { Count: > 0 } names)
        {
            return null;
        }

        var protocols = SslProtocols.None;
        foreach (var name in names)
        {
            protocols |= Enum.Parse<SslProtocols>(name);
        }

        return protocols;
    }
}
