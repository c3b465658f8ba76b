using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Acme;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Reads and checks the section <c>Tls</c>.</summary>
internal static class TlsRules
{
    private static readonly NumberRange Port = new(1, 65_535);
    private static readonly DurationRange MaxAge = new(TimeSpan.Zero, TimeSpan.FromDays(3650));
    private static readonly DurationRange Warning = new(TimeSpan.Zero, TimeSpan.FromDays(365));
    private static readonly string[] Minimum = [nameof(SslProtocols.Tls12), nameof(SslProtocols.Tls13)];
    private static readonly string[] Locations = ["CurrentUser", "LocalMachine"];

    public static TlsOptions Read(SectionReader reader)
    {
        var options = new TlsOptions
        {
            Certificates = reader.Map(nameof(TlsOptions.Certificates), ReadCertificate),
            Directory = reader.Text(nameof(TlsOptions.Directory)),
            Acme = reader.Section(nameof(TlsOptions.Acme), AcmeRules.Read),
            CipherSuites = reader.Texts(nameof(TlsOptions.CipherSuites)),
            ClientCertificates = reader.Section(nameof(TlsOptions.ClientCertificates), ReadClientCertificates),
            StrictSni = reader.Boolean(nameof(TlsOptions.StrictSni)) ?? false,
            HttpsRedirect = reader.Boolean(nameof(TlsOptions.HttpsRedirect)) ?? false,
            HttpsPort = reader.Integer(nameof(TlsOptions.HttpsPort), Port),
            HstsIncludeSubDomains = reader.Boolean(nameof(TlsOptions.HstsIncludeSubDomains)) ?? false,
        };
        if (reader.Word(nameof(TlsOptions.MinimumProtocol), Minimum) is { } minimum) options.MinimumProtocol = Enum.Parse<SslProtocols>(minimum);
        options.HstsMaxAge = reader.Duration(nameof(TlsOptions.HstsMaxAge), MaxAge) ?? options.HstsMaxAge;
        options.ExpiryWarning = reader.Duration(nameof(TlsOptions.ExpiryWarning), Warning) ?? options.ExpiryWarning;
        options.OcspStapling = reader.Boolean(nameof(TlsOptions.OcspStapling)) ?? options.OcspStapling;
        return options;
    }

    /// <summary>Checks what can be checked without a look at files.</summary>
    public static void Validate(TlsOptions tls, string path, ICollection<ConfigError> errors)
    {
        foreach (var (name, certificate) in tls.Certificates) ValidateCertificate(certificate, path.Below(nameof(tls.Certificates)).Below(name), errors);
        if (tls.MinimumProtocol.ToString() is var minimum && !Minimum.Contains(minimum, StringComparer.Ordinal))
            errors.Report(path.Below(nameof(tls.MinimumProtocol)), $"'{minimum}' is not allowed: one of {string.Join(", ", Minimum)} is expected.");
        ValidateSuites(tls.CipherSuites, path.Below(nameof(tls.CipherSuites)), errors);
        ClusterOptionsValidator.Check(tls.HttpsPort, Port, path.Below(nameof(tls.HttpsPort)), errors);
        ClusterOptionsValidator.Check(tls.HstsMaxAge, MaxAge, path.Below(nameof(tls.HstsMaxAge)), errors);
        ClusterOptionsValidator.Check(tls.ExpiryWarning, Warning, path.Below(nameof(tls.ExpiryWarning)), errors);
        if (tls.Acme is { } acme) AcmeRules.Validate(acme, path.Below(nameof(tls.Acme)), errors);
        if (tls.ClientCertificates is { } clients) ValidateClients(clients, path.Below(nameof(tls.ClientCertificates)), errors);
    }

    /// <summary>Tells of rules on connections that are none of this section's.</summary>
    public static void Notice(TlsOptions tls, string path, ICollection<ConfigError> notices)
    {
        if (tls.Certificates.Count > 0 || CertificateSources.MayGrow(tls)) return;
        (string Name, bool IsSet)[] rules =
        [
            (nameof(tls.MinimumProtocol), tls.MinimumProtocol != SslProtocols.Tls12), (nameof(tls.CipherSuites), tls.CipherSuites.Count > 0),
            (nameof(tls.ClientCertificates), tls.ClientCertificates is not null), (nameof(tls.StrictSni), tls.StrictSni),
        ];
        foreach (var (name, isSet) in rules)
        {
            if (isSet) notices.Report(path.Below(name), "has no effect without Certificates, Directory or Acme: certificates from elsewhere are served by the rules from there");
        }
    }

    private static TlsCertificateOptions ReadCertificate(SectionReader reader, string name) => new()
    {
        Path = reader.Text(nameof(TlsCertificateOptions.Path)) ?? "",
        KeyPath = reader.Text(nameof(TlsCertificateOptions.KeyPath)),
        Password = reader.Text(nameof(TlsCertificateOptions.Password)),
        Hosts = reader.Texts(nameof(TlsCertificateOptions.Hosts)),
        Subject = reader.Text(nameof(TlsCertificateOptions.Subject)),
        Store = reader.Text(nameof(TlsCertificateOptions.Store)),
        Location = reader.Word(nameof(TlsCertificateOptions.Location), Locations),
        AllowInvalid = reader.Boolean(nameof(TlsCertificateOptions.AllowInvalid)) ?? false,
    };

    private static TlsClientCertificateOptions ReadClientCertificates(SectionReader reader) => new()
    {
        Mode = reader.Word<TlsClientCertificateMode>(nameof(TlsClientCertificateOptions.Mode)) ?? TlsClientCertificateMode.None,
        TrustAnchors = reader.Text(nameof(TlsClientCertificateOptions.TrustAnchors)),
        RevocationMode = reader.Word<X509RevocationMode>(nameof(TlsClientCertificateOptions.RevocationMode)) ?? X509RevocationMode.NoCheck,
        RevocationLists = reader.Texts(nameof(TlsClientCertificateOptions.RevocationLists)),
        Hosts = reader.Map(nameof(TlsClientCertificateOptions.Hosts), static (host, _) => new TlsHostClientCertificateOptions
        {
            Mode = host.Word<TlsClientCertificateMode>(nameof(TlsHostClientCertificateOptions.Mode)),
            TrustAnchors = host.Text(nameof(TlsHostClientCertificateOptions.TrustAnchors)),
            RevocationMode = host.Word<X509RevocationMode>(nameof(TlsHostClientCertificateOptions.RevocationMode)),
            RevocationLists = host.Texts(nameof(TlsHostClientCertificateOptions.RevocationLists)),
        }),
        Forward = reader.Boolean(nameof(TlsClientCertificateOptions.Forward)) ?? true,
    };

    private static void ValidateClients(TlsClientCertificateOptions clients, string path, ICollection<ConfigError> errors)
    {
        ValidateRevocation(clients.RevocationMode, clients.RevocationLists, clients.TrustAnchors, path, errors);
        foreach (var (name, host) in clients.Hosts)
        {
            var below = path.Below(nameof(clients.Hosts)).Below(name);
            if (TlsHostNames.Problem(name) is { } problem) errors.Report(below, problem);
            ValidateRevocation(host.RevocationMode, host.RevocationLists, host.TrustAnchors ?? clients.TrustAnchors, below, errors);
        }
    }

    private static void ValidateRevocation(X509RevocationMode? mode, IList<string> lists, string? anchors, string path, ICollection<ConfigError> errors)
    {
        if (mode is { } given && !Enum.IsDefined(given))
            errors.Report(path.Below(nameof(TlsClientCertificateOptions.RevocationMode)), $"'{mode}' is not allowed: one of {string.Join(", ", Enum.GetNames<X509RevocationMode>())} is expected.");
        if (lists.Count > 0 && anchors is null)
            errors.Report(path.Below(nameof(TlsClientCertificateOptions.RevocationLists)), "needs TrustAnchors: the authorities that have signed the lists.");
    }

    private static void ValidateCertificate(TlsCertificateOptions certificate, string path, ICollection<ConfigError> errors)
    {
        if (certificate.Path.Length == 0 && certificate.Subject is null) errors.Report(path.Below(nameof(certificate.Path)), "is required: the file of the certificate, PEM or PFX.");
        if (certificate.Path.Length > 0 && certificate.Subject is not null)
            errors.Report(path.Below(nameof(certificate.Subject)), "names a certificate of the store of the platform, and Path one of a file: leave one of them out.");
        if (certificate.Location is { } location && !Locations.Contains(location, StringComparer.OrdinalIgnoreCase))
            errors.Report(path.Below(nameof(certificate.Location)), $"'{location}' is not allowed: one of {string.Join(", ", Locations)} is expected.");
        for (var i = 0; i < certificate.Hosts.Count; i++)
        {
            if (TlsHostNames.Problem(certificate.Hosts[i]) is { } problem)
                errors.Report(path.Below(nameof(certificate.Hosts)).Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), problem);
        }
    }

    private static void ValidateSuites(IList<string> suites, string path, ICollection<ConfigError> errors)
    {
        if (suites.Count > 0 && OperatingSystem.IsWindows())
            errors.Report(path, "cannot be set on Windows, whose own policy decides on cipher suites: leave it out.");
        for (var i = 0; i < suites.Count; i++)
        {
            if (Enum.TryParse<TlsCipherSuite>(suites[i], ignoreCase: true, out var suite) && Enum.IsDefined(suite) && !char.IsAsciiDigit(suites[i][0])) continue;
            errors.Report(
                path.Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                $"'{suites[i]}' is no cipher suite: a name of IANA is expected, such as TLS_AES_128_GCM_SHA256.{(NearestName.Find(suites[i], Enum.GetNames<TlsCipherSuite>()) is { } near ? $" Did you mean '{near}'?" : "")}");
        }
    }
}
