namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of session affinity.</summary>
internal static class SessionAffinityRules
{
    public static readonly string[] Policies = ["HashCookie", "ArrCookie", "Cookie", "CustomHeader"];
    public static readonly string[] FailurePolicies = ["Redistribute", "Return503Error"];
    private static readonly string[] SecurePolicies = ["SameAsRequest", "Always", "None"];
    private static readonly string[] SameSiteModes = ["Unspecified", "None", "Lax", "Strict"];

    // The longest that browsers keep a cookie is 400 days (RFC 6265bis §5.5); a hundred years is for those who mean "for ever".
    private static readonly DurationRange Lifetime = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(36_500));

    public static SessionAffinityOptions Read(SectionReader reader)
    {
        reader.Refuse("Settings", "is a form of early previews of YARP; AffinityKeyName and Cookie beside it took its place.");
        return new SessionAffinityOptions
        {
            Enabled = reader.Boolean(nameof(SessionAffinityOptions.Enabled)) ?? false,
            Policy = reader.Text(nameof(SessionAffinityOptions.Policy)),
            FailurePolicy = reader.Text(nameof(SessionAffinityOptions.FailurePolicy)),
            AffinityKeyName = reader.Text(nameof(SessionAffinityOptions.AffinityKeyName)),
            Cookie = reader.Section(nameof(SessionAffinityOptions.Cookie), ReadCookie),
        };
    }

    public static void Validate(
        SessionAffinityOptions affinity, string path, ClusterPolicyNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterPolicyNames.Check(affinity.Policy, known.Affinity, path.Below(nameof(affinity.Policy)), errors);
        ClusterPolicyNames.Check(affinity.FailurePolicy, known.AffinityFailure, path.Below(nameof(affinity.FailurePolicy)), errors);
        if (!string.IsNullOrEmpty(affinity.AffinityKeyName))
        {
            if (!TokenSyntax.IsToken(affinity.AffinityKeyName))
            {
                errors.Report(
                    path.Below(nameof(affinity.AffinityKeyName)),
                    $"'{affinity.AffinityKeyName}' is not allowed: the name of a cookie or header is letters, digits, and any of !#$%&'*+-.^_`|~.");
            }
        }
        else if (affinity.Enabled)
        {
            errors.Report(path.Below(nameof(affinity.AffinityKeyName)), "is required: the name of the cookie or header that carries the affinity key.");
        }

        if (affinity.Cookie is { } cookie)
        {
            Validate(cookie, path.Below(nameof(affinity.Cookie)), errors);
        }

        if (affinity.Enabled)
        {
            notices.NoEffect(path);
        }
    }

    private static AffinityCookieOptions ReadCookie(SectionReader reader) => new()
    {
        Path = reader.Text(nameof(AffinityCookieOptions.Path)),
        Domain = reader.Text(nameof(AffinityCookieOptions.Domain)),
        HttpOnly = reader.Boolean(nameof(AffinityCookieOptions.HttpOnly)),
        SecurePolicy = reader.Word(nameof(AffinityCookieOptions.SecurePolicy), SecurePolicies),
        SameSite = reader.Word(nameof(AffinityCookieOptions.SameSite), SameSiteModes),
        Expiration = reader.Duration(nameof(AffinityCookieOptions.Expiration), Lifetime),
        MaxAge = reader.Duration(nameof(AffinityCookieOptions.MaxAge), Lifetime),
        IsEssential = reader.Boolean(nameof(AffinityCookieOptions.IsEssential)),
    };

    private static void Validate(AffinityCookieOptions cookie, string path, ICollection<ConfigError> errors)
    {
        if (!string.IsNullOrEmpty(cookie.Path) && (cookie.Path[0] != '/' || !IsAttribute(cookie.Path)))
        {
            errors.Report(path.Below(nameof(cookie.Path)), $"'{cookie.Path}' is not allowed: a path of ASCII characters that begins with a slash is expected, without semicolon.");
        }

        if (!string.IsNullOrEmpty(cookie.Domain) && HostSyntax.NameProblem(cookie.Domain, cookie.Domain.AsSpan(cookie.Domain[0] == '.' ? 1 : 0)) is { } problem)
        {
            errors.Report(path.Below(nameof(cookie.Domain)), problem);
        }

        CheckWord(cookie.SecurePolicy, SecurePolicies, path.Below(nameof(cookie.SecurePolicy)), errors);
        CheckWord(cookie.SameSite, SameSiteModes, path.Below(nameof(cookie.SameSite)), errors);
        ClusterOptionsValidator.Check(cookie.Expiration, Lifetime, path.Below(nameof(cookie.Expiration)), errors);
        ClusterOptionsValidator.Check(cookie.MaxAge, Lifetime, path.Below(nameof(cookie.MaxAge)), errors);
        if (string.Equals(cookie.SameSite, "None", StringComparison.OrdinalIgnoreCase) && string.Equals(cookie.SecurePolicy, "None", StringComparison.OrdinalIgnoreCase))
        {
            errors.Report(path.Below(nameof(cookie.SameSite)), "'None' needs SecurePolicy Always or SameAsRequest: browsers drop such a cookie when it is not secure.");
        }
    }

    private static void CheckWord(string? word, string[] allowed, string path, ICollection<ConfigError> errors)
    {
        if (word is not null && !allowed.Contains(word, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(path, $"'{word}' is not allowed: one of {string.Join(", ", allowed)} is expected.");
        }
    }

    private static bool IsAttribute(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~' or ';')
            {
                return false;
            }
        }

        return true;
    }
}
