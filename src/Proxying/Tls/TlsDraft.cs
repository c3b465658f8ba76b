namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>New settings with everything read that they name, before they are in force.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Path">Where they stand.</param>
/// <param name="Watched">The certificates; <see langword="null"/> as long as no server has asked for any.</param>
/// <param name="Clients">The rules on certificates of clients; likewise.</param>
internal sealed record TlsDraft(TlsOptions Options, string Path, List<WatchedCertificate>? Watched, ClientCertificateRules? Clients)
{
    /// <summary>Whether there is, or will be, anything to serve.</summary>
    public bool HasCertificates => Watched is { Count: > 0 } || CertificateSources.MayGrow(Options);
}
