namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Where a certificate comes from.</summary>
/// <param name="Name">Its name in the settings, or its file in the folder.</param>
/// <param name="SettingsPath">Where it is set, for errors.</param>
/// <param name="Options">What the user wrote, or would have.</param>
/// <param name="IsFound">Whether it was found in a folder: it goes when its file does.</param>
internal sealed record CertificateSource(string Name, string SettingsPath, TlsCertificateOptions Options, bool IsFound)
{
    /// <summary>Whether the proxy itself put it there: the user cannot mend it, so that the server starts without it where it is broken.</summary>
    public bool IsIssued { get; init; }

    /// <summary>Tells it from all others of its time.</summary>
    public (bool IsFound, bool IsIssued, string Name) Key => (IsFound, IsIssued, Name.ToUpperInvariant());

    /// <summary>Whether the same settings say the same.</summary>
    public bool IsAs(CertificateSource other) =>
        Key == other.Key && Options.Path == other.Options.Path && Options.KeyPath == other.Options.KeyPath
        && Options.Password == other.Options.Password && Options.Subject == other.Options.Subject && Options.Store == other.Options.Store && Options.Location == other.Options.Location
        && Options.AllowInvalid == other.Options.AllowInvalid && Options.Hosts.SequenceEqual(other.Options.Hosts, StringComparer.OrdinalIgnoreCase);
}
