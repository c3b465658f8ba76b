namespace Net2Secure.Routing.Proxying;

/// <summary>A certificate with its private key: PEM in one file or two, PFX, or one from the store of the platform.</summary>
public sealed class TlsCertificateOptions
{
    /// <summary>The certificate, and in PEM the intermediates behind it; relative to the content root. Required, unless Subject is set.</summary>
    public string Path { get; set; } = "";

    /// <summary>The private key in PEM. Default: <see cref="Path"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the PFX, or of an encrypted PEM key. Default: none.</summary>
    public string? Password { get; set; }

    /// <summary>The names that it is for: hosts, or <c>*.</c> and a domain for every name one step below it. Default: those in the certificate.</summary>
    public IList<string> Hosts { get; set; } = [];

    /// <summary>Subject, or a part of it, of a certificate in the store of the platform; the valid one that ends last is taken. Default: none, Path is used.</summary>
    public string? Subject { get; set; }

    /// <summary>Name of the store, with Subject. Default: <c>My</c>.</summary>
    public string? Store { get; set; }

    /// <summary>Place of the store, with Subject: <c>CurrentUser</c> or <c>LocalMachine</c>. Default: <c>CurrentUser</c>.</summary>
    public string? Location { get; set; }

    /// <summary>Whether a certificate of the store may be one that the platform does not trust. Default: <see langword="false"/>.</summary>
    public bool AllowInvalid { get; set; }
}
