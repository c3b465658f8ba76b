namespace Net2Secure.Routing.Proxying;

/// <summary>A certificate by which the proxy identifies itself to destinations, with its private key. Read when the settings of the cluster come to life.</summary>
public sealed record HttpClientCertificateOptions
{
    /// <summary>The certificate, and in PEM the intermediates behind it: PEM or PFX. A relative path starts at the working directory. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>The private key in PEM. Default: Path.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the PFX, or of an encrypted PEM key. Default: none.</summary>
    public string? Password { get; set; }
}
