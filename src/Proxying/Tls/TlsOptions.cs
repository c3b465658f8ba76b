namespace Net2Secure.Routing.Proxying;

/// <summary>TLS at the public face.</summary>
public sealed class TlsOptions
{
    /// <summary>Certificates by name; <c>default</c> serves every <c>https://</c> URL of the host that has no other.</summary>
    public IDictionary<string, TlsCertificateOptions> Certificates { get; set; } = new Dictionary<string, TlsCertificateOptions>(StringComparer.OrdinalIgnoreCase);
}
