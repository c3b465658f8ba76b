namespace Net2Secure.Routing.Health;

/// <summary>The certificate of the client in probes over TLS: PEM in one file or two, or PFX. Read when the configuration is.</summary>
public sealed class ProbeCertificateOptions
{
    /// <summary>File with the certificate, PEM or PFX. A relative path starts at the working directory. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>File with the private key in PEM. Default: the same file.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the key. Default: none.</summary>
    public string? Password { get; set; }
}
