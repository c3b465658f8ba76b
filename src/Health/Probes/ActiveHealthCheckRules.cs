using System.Text.RegularExpressions;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Reads and checks the settings of probes.</summary>
internal static class ActiveHealthCheckRules
{
    public static readonly DurationRange Interval = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
    public static readonly DurationRange FastInterval = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
    public static readonly DurationRange IdleInterval = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
    public static readonly DurationRange Timeout = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
    public static readonly DurationRange StartupTimeout = new(TimeSpan.Zero, TimeSpan.FromMinutes(1));
    public static readonly NumberRange Threshold = new(1, 100);
    public static readonly NumberRange Port = new(1, 65_535);
    public static readonly NumberRange MaxBodyBytes = new(1, 1_048_576);
    public static readonly string[] Versions = ["1.1", "2", "2.0"];

    /// <summary>Field lines that belong to the connection or to the probe itself.</summary>
    private static readonly string[] OwnFields = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "TE", "Upgrade", "Expect", "Trailer", "Keep-Alive", "Proxy-Connection"];

    /// <summary>Settings that only some of the built-in probes look at.</summary>
    private static readonly string[] HttpOnly =
    [
        nameof(ActiveHealthCheckOptions.Method), nameof(ActiveHealthCheckOptions.Path), nameof(ActiveHealthCheckOptions.Query), nameof(ActiveHealthCheckOptions.Version),
        nameof(ActiveHealthCheckOptions.ExpectedStatus), nameof(ActiveHealthCheckOptions.ExpectedHeaders), nameof(ActiveHealthCheckOptions.ExpectedBody),
        nameof(ActiveHealthCheckOptions.ExpectedBodyPattern), nameof(ActiveHealthCheckOptions.MaxBodyBytes), nameof(ActiveHealthCheckOptions.DrainStatus),
    ];

    public static ActiveHealthCheckOptions Read(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(ActiveHealthCheckOptions.Enabled)),
        Interval = reader.Duration(nameof(ActiveHealthCheckOptions.Interval), Interval),
        FastInterval = reader.Duration(nameof(ActiveHealthCheckOptions.FastInterval), FastInterval),
        IdleInterval = reader.Duration(nameof(ActiveHealthCheckOptions.IdleInterval), IdleInterval),
        Timeout = reader.Duration(nameof(ActiveHealthCheckOptions.Timeout), Timeout),
        Policy = reader.Text(nameof(ActiveHealthCheckOptions.Policy)),
        UnhealthyThreshold = reader.Integer(nameof(ActiveHealthCheckOptions.UnhealthyThreshold), Threshold),
        HealthyThreshold = reader.Integer(nameof(ActiveHealthCheckOptions.HealthyThreshold), Threshold),
        UnprobedTraffic = reader.Boolean(nameof(ActiveHealthCheckOptions.UnprobedTraffic)),
        StartupTimeout = reader.Duration(nameof(ActiveHealthCheckOptions.StartupTimeout), StartupTimeout),
        Probe = reader.Text(nameof(ActiveHealthCheckOptions.Probe)),
        Port = reader.Integer(nameof(ActiveHealthCheckOptions.Port), Port),
        Method = reader.Text(nameof(ActiveHealthCheckOptions.Method)),
        Path = reader.Text(nameof(ActiveHealthCheckOptions.Path)),
        Query = reader.Text(nameof(ActiveHealthCheckOptions.Query)),
        Host = reader.Text(nameof(ActiveHealthCheckOptions.Host)),
        Headers = reader.TextMap(nameof(ActiveHealthCheckOptions.Headers)),
        Version = reader.Version(nameof(ActiveHealthCheckOptions.Version), Versions),
        ExpectedStatus = reader.Texts(nameof(ActiveHealthCheckOptions.ExpectedStatus)),
        ExpectedHeaders = reader.TextMap(nameof(ActiveHealthCheckOptions.ExpectedHeaders)),
        ExpectedBody = reader.Text(nameof(ActiveHealthCheckOptions.ExpectedBody)),
        ExpectedBodyPattern = reader.Text(nameof(ActiveHealthCheckOptions.ExpectedBodyPattern)),
        MaxBodyBytes = reader.Integer(nameof(ActiveHealthCheckOptions.MaxBodyBytes), MaxBodyBytes),
        DrainStatus = reader.Texts(nameof(ActiveHealthCheckOptions.DrainStatus)),
        Service = reader.Text(nameof(ActiveHealthCheckOptions.Service)),
        ClientCertificate = reader.Section(nameof(ActiveHealthCheckOptions.ClientCertificate), static certificate => new ProbeCertificateOptions
        {
            Path = certificate.Text(nameof(ProbeCertificateOptions.Path)) ?? "",
            KeyPath = certificate.Text(nameof(ProbeCertificateOptions.KeyPath)),
            Password = certificate.Text(nameof(ProbeCertificateOptions.Password)),
        }),
        DangerousAcceptAnyServerCertificate = reader.Boolean(nameof(ActiveHealthCheckOptions.DangerousAcceptAnyServerCertificate)),
    };

    public static void Validate(ActiveHealthCheckOptions active, string path, HealthPolicyNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterPolicyNames.Check(active.Policy, known.Active, path.Below(nameof(active.Policy)), errors);
        if (!string.IsNullOrEmpty(active.Probe) && !known.Probes.Contains(active.Probe, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(path.Below(nameof(active.Probe)), $"'{active.Probe}' is not a probe that is registered. {NearestName.Remedy(active.Probe, known.Probes)}");
        }

        ValidateTimes(active, path, errors);
        ClusterOptionsValidator.Check(active.UnhealthyThreshold, Threshold, path.Below(nameof(active.UnhealthyThreshold)), errors);
        ClusterOptionsValidator.Check(active.HealthyThreshold, Threshold, path.Below(nameof(active.HealthyThreshold)), errors);
        ClusterOptionsValidator.Check(active.Port, Port, path.Below(nameof(active.Port)), errors);
        ValidateRequest(active, path, errors);
        ValidateExpectations(active, path, errors);
        if (active.ClientCertificate is { } certificate) ProbeCertificate.Validate(certificate, path.Below(nameof(active.ClientCertificate)), errors);
        NoticeWithoutEffect(active, path, notices);
    }

    private static void ValidateTimes(ActiveHealthCheckOptions active, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(active.Interval, Interval, path.Below(nameof(active.Interval)), errors);
        ClusterOptionsValidator.Check(active.FastInterval, FastInterval, path.Below(nameof(active.FastInterval)), errors);
        ClusterOptionsValidator.Check(active.IdleInterval, IdleInterval, path.Below(nameof(active.IdleInterval)), errors);
        ClusterOptionsValidator.Check(active.Timeout, Timeout, path.Below(nameof(active.Timeout)), errors);
        ClusterOptionsValidator.Check(active.StartupTimeout, StartupTimeout, path.Below(nameof(active.StartupTimeout)), errors);
        var interval = active.Interval ?? ProbePlan.DefaultInterval;
        if (active.Timeout > interval)
        {
            errors.Report(path.Below(nameof(active.Timeout)), $"'{active.Timeout:c}' is longer than Interval, which is {interval:c}: probes of a destination do not overlap. Shorten it, or lengthen Interval.");
        }

        if (active.FastInterval > interval)
        {
            errors.Report(path.Below(nameof(active.FastInterval)), $"'{active.FastInterval:c}' is longer than Interval, which is {interval:c}; a shorter one, or none, is expected.");
        }

        if (active.IdleInterval < interval)
        {
            errors.Report(path.Below(nameof(active.IdleInterval)), $"'{active.IdleInterval:c}' is shorter than Interval, which is {interval:c}; a longer one, or none, is expected.");
        }
    }

    private static void ValidateRequest(ActiveHealthCheckOptions active, string path, ICollection<ConfigError> errors)
    {
        if (!string.IsNullOrEmpty(active.Method) && !TokenSyntax.IsToken(active.Method))
        {
            errors.Report(path.Below(nameof(active.Method)), $"'{active.Method}' is not allowed: a method such as GET, HEAD or OPTIONS is expected.");
        }
        else if (string.Equals(active.Method, "CONNECT", StringComparison.OrdinalIgnoreCase))
        {
            errors.Report(path.Below(nameof(active.Method)), "'CONNECT' is not allowed: it asks for a tunnel; a method such as GET, HEAD or OPTIONS is expected.");
        }

        if (!string.IsNullOrEmpty(active.Path) && (active.Path[0] != '/' || !IsVisible(active.Path, '?', '#')))
        {
            errors.Report(
                path.Below(nameof(active.Path)),
                $"'{active.Path}' is not allowed: a path that begins with a slash is expected, without blanks, '?' and '#'; a blank is written %20, a query goes into Query.");
        }

        if (!string.IsNullOrEmpty(active.Query) && (active.Query[0] != '?' || !IsVisible(active.Query, '#', '#')))
        {
            errors.Report(
                path.Below(nameof(active.Query)), $"'{active.Query}' is not allowed: a query that begins with a question mark is expected, without blanks and '#'; a blank is written %20.");
        }

        if (!string.IsNullOrEmpty(active.Host) && HostSyntax.Problem(active.Host) is { } problem) errors.Report(path.Below(nameof(active.Host)), problem);
        if (active.Version is { } version && (version.Build >= 0 || !Versions.Contains(version.ToString(), StringComparer.Ordinal)))
        {
            errors.Report(path.Below(nameof(active.Version)), $"'{version}' is not allowed: one of 1.1, 2 is expected.");
        }

        ClusterOptionsValidator.CheckNotNull(active.Headers, path.Below(nameof(active.Headers)), errors);
        foreach (var (name, value) in active.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            var field = path.Below(nameof(active.Headers)).Below(name);
            if (!TokenSyntax.IsToken(name)) errors.Report(field, $"'{name}' is not allowed: the name of a header field is letters, digits, and any of !#$%&'*+-.^_`|~.");
            else if (OwnFields.Contains(name, StringComparer.OrdinalIgnoreCase)) errors.Report(field, $"'{name}' is not allowed: the probe sets it itself{(name.Equals("Host", StringComparison.OrdinalIgnoreCase) ? "; Host beside Headers says what is sent" : "")}.");
            else if (value is null || !IsFieldValue(value)) errors.Report(field, "has a value that is not allowed: visible ASCII characters with blanks between them are expected.");
        }
    }

    private static void ValidateExpectations(ActiveHealthCheckOptions active, string path, ICollection<ConfigError> errors)
    {
        ValidateStatus(active.ExpectedStatus, path.Below(nameof(active.ExpectedStatus)), mayBeNone: false, errors);
        ValidateStatus(active.DrainStatus, path.Below(nameof(active.DrainStatus)), mayBeNone: true, errors);
        ClusterOptionsValidator.CheckNotNull(active.ExpectedHeaders, path.Below(nameof(active.ExpectedHeaders)), errors);
        foreach (var (name, value) in active.ExpectedHeaders ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            var field = path.Below(nameof(active.ExpectedHeaders)).Below(name);
            if (!TokenSyntax.IsToken(name)) errors.Report(field, $"'{name}' is not allowed: the name of a header field is letters, digits, and any of !#$%&'*+-.^_`|~.");
            else if (value is null) errors.Report(field, "is null; a text is expected, an empty one asks only for the field.");
        }

        ClusterOptionsValidator.Check(active.MaxBodyBytes, MaxBodyBytes, path.Below(nameof(active.MaxBodyBytes)), errors);
        if (string.IsNullOrEmpty(active.ExpectedBodyPattern)) return;
        try
        {
            _ = ResponseExpectation.Pattern(active.ExpectedBodyPattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            errors.Report(
                path.Below(nameof(active.ExpectedBodyPattern)),
                $"'{active.ExpectedBodyPattern}' is not allowed: a regular expression of .NET without backreferences and lookarounds is expected, so that it ends in time. {e.Message}");
        }
    }

    private static void ValidateStatus(IList<string>? codes, string path, bool mayBeNone, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.CheckNotNull(codes, path, errors);
        for (var i = 0; i < (codes?.Count ?? 0); i++)
        {
            if (StatusRanges.TryParse(codes![i], out _)) continue;
            if (mayBeNone && codes.Count == 1 && StatusRanges.None.Equals(codes[i], StringComparison.OrdinalIgnoreCase)) continue;
            errors.Report(
                path.Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                $"'{codes[i]}' is not allowed: a status code of 200 to 599 is expected, or a range such as 200-299{(mayBeNone ? ", or none alone" : "")}.");
        }
    }

    /// <summary>A probe of the user is handed all settings; the built-in ones look at theirs.</summary>
    private static void NoticeWithoutEffect(ActiveHealthCheckOptions active, string path, ICollection<ConfigError> notices)
    {
        var probe = string.IsNullOrEmpty(active.Probe) ? HealthProbeNames.Http : active.Probe;
        var isGrpc = probe.Equals(HealthProbeNames.Grpc, StringComparison.OrdinalIgnoreCase);
        var isHttp = probe.Equals(HealthProbeNames.Http, StringComparison.OrdinalIgnoreCase);
        var isSocket = probe.Equals(HealthProbeNames.Tcp, StringComparison.OrdinalIgnoreCase) || probe.Equals(HealthProbeNames.Tls, StringComparison.OrdinalIgnoreCase);
        if (isHttp && active.Service is not null) Notice(nameof(active.Service));
        if (!isGrpc && !isSocket) return;
        foreach (var name in HttpOnly)
        {
            if (IsSet(active, name)) Notice(name);
        }

        if (!isSocket) return;
        if (active.Headers is { Count: > 0 }) Notice(nameof(active.Headers));
        if (active.Service is not null) Notice(nameof(active.Service));

        void Notice(string name) => notices.Report(path.Below(name), $"has no effect in a probe of the kind '{probe}'");
    }

    private static bool IsSet(ActiveHealthCheckOptions active, string name) => name switch
    {
        nameof(active.Method) => active.Method is not null,
        nameof(active.Path) => active.Path is not null,
        nameof(active.Query) => active.Query is not null,
        nameof(active.Version) => active.Version is not null,
        nameof(active.ExpectedStatus) => active.ExpectedStatus is { Count: > 0 },
        nameof(active.ExpectedHeaders) => active.ExpectedHeaders is { Count: > 0 },
        nameof(active.ExpectedBody) => active.ExpectedBody is not null,
        nameof(active.ExpectedBodyPattern) => active.ExpectedBodyPattern is not null,
        nameof(active.MaxBodyBytes) => active.MaxBodyBytes is not null,
        _ => active.DrainStatus is { Count: > 0 },
    };

    private static bool IsVisible(string text, char forbidden, char alsoForbidden)
    {
        foreach (var c in text)
        {
            if (c is <= ' ' or '\x7f' || c == forbidden || c == alsoForbidden) return false;
        }

        return true;
    }

    private static bool IsFieldValue(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~') return false;
        }

        return true;
    }
}
