namespace Net2Secure.Routing.Proxying;

/// <summary>A certificate with its private key: PEM in one file or two, or PFX.</summary>
public sealed class TlsCertificateOptions
{
    /// <summary>The certificate, and in PEM the intermediates behind it; relative to the content root. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>The private key in PEM. Default: <see cref="Path"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the PFX, or of an encrypted PEM key. Default: none.</summary>
    public string? Password { get; set; }
}
