namespace Net2Secure.Routing.Proxying;

/// <summary>Certificates that an authority issues and renews by itself (ACME, RFC 8555). Section <c>Net2Proxy:Tls:Acme</c>.</summary>
public sealed class AcmeOptions
{
    /// <summary>URL of the authority's directory: https, or http on this machine. Default: Let's Encrypt, <c>https://acme-v02.api.letsencrypt.org/directory</c>.</summary>
    public Uri Directory { get; set; } = new("https://acme-v02.api.letsencrypt.org/directory");

    /// <summary>Where the authority writes to about the account. Default: none.</summary>
    public string? Email { get; set; }

    /// <summary>Whether you accept the authority's terms of service, without which it issues nothing. Required: <see langword="true"/>.</summary>
    public bool AcceptTerms { get; set; }

    /// <summary>The hosts to get certificates for, one each; no wildcards, which these ways of proof cannot have. 1 to 100.</summary>
    public IList<string> Hosts { get; set; } = [];

    /// <summary>The folder of account and certificates, shared by all replicas; relative to the content root. Default: <c>acme</c>.</summary>
    public string Storage { get; set; } = "acme";

    /// <summary>How hosts are proven: Http01 over port 80, or TlsAlpn01 over port 443. Default: <see cref="AcmeChallengeType.Http01"/>.</summary>
    public AcmeChallengeType Challenge { get; set; }

    /// <summary>A file in PEM with the authorities that the directory's own certificate has to come from; relative to the content root. Default: those that the platform trusts.</summary>
    public string? TrustAnchors { get; set; }

    /// <summary>The account that you have with the authority otherwise, for authorities that issue to their customers only (RFC 8555 §7.3.4). Default: none.</summary>
    public AcmeExternalAccountOptions? ExternalAccount { get; set; }
}
