namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of session affinity.</summary>
internal static class SessionAffinityRules
{
    public static readonly string[] Policies =
    [
        SessionAffinityNames.HashCookie,
        SessionAffinityNames.ArrCookie,
        SessionAffinityNames.Cookie,
        SessionAffinityNames.CustomHeader,
        SessionAffinityNames.LearnedCookie,
        SessionAffinityNames.ClientAddress,
        SessionAffinityNames.RequestKey,
    ];

    public static readonly string[] FailurePolicies = [SessionAffinityNames.Redistribute, SessionAffinityNames.Return503Error];
    public static readonly NumberRange Capacity = new(100, 10_000_000);
    public static readonly DurationRange TableLifetime = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
    public static readonly NumberRange IPv4Prefix = new(8, 32);
    public static readonly NumberRange IPv6Prefix = new(16, 128);
    private const int ShortestKey = 16;
    private const int LongestKey = 1024;
    private const int MostKeys = 8;

    // What frames a message, addresses it or ends at the next hop cannot carry a key.
    private static readonly string[] NoKeyHeaders =
    [
        "Host", "Cookie", "Set-Cookie", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Content-Type", "Content-Encoding", "Content-Range", "TE", "Trailer", "Upgrade", "Expect",
        "Cache-Control", "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "Proxy-Connection",
    ];

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
            Keys = reader.Texts(nameof(SessionAffinityOptions.Keys)),
            ForwardKey = reader.Boolean(nameof(SessionAffinityOptions.ForwardKey)),
            KeepOutOfSharedCaches = reader.Boolean(nameof(SessionAffinityOptions.KeepOutOfSharedCaches)),
            Cookie = reader.Section(nameof(SessionAffinityOptions.Cookie), ReadCookie),
            Table = reader.Section(nameof(SessionAffinityOptions.Table), static table => new AffinityTableOptions
            {
                Capacity = table.Integer(nameof(AffinityTableOptions.Capacity), Capacity) ?? new AffinityTableOptions().Capacity,
                Lifetime = table.Duration(nameof(AffinityTableOptions.Lifetime), TableLifetime) ?? new AffinityTableOptions().Lifetime,
            }),
            ClientAddress = reader.Section(nameof(SessionAffinityOptions.ClientAddress), static address => new ClientAddressOptions
            {
                IPv4PrefixLength = address.Integer(nameof(ClientAddressOptions.IPv4PrefixLength), IPv4Prefix) ?? new ClientAddressOptions().IPv4PrefixLength,
                IPv6PrefixLength = address.Integer(nameof(ClientAddressOptions.IPv6PrefixLength), IPv6Prefix) ?? new ClientAddressOptions().IPv6PrefixLength,
            }),
        };
    }

    public static void Validate(
        SessionAffinityOptions affinity, string path, ClusterPolicyNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterPolicyNames.Check(affinity.Policy, known.Affinity, path.Below(nameof(affinity.Policy)), errors);
        ClusterPolicyNames.Check(affinity.FailurePolicy, known.AffinityFailure, path.Below(nameof(affinity.FailurePolicy)), errors);
        CheckName(affinity, path.Below(nameof(affinity.AffinityKeyName)), errors);
        CheckKeys(affinity.Keys, path.Below(nameof(affinity.Keys)), errors);
        if (affinity.Cookie is { } cookie)
        {
            Validate(cookie, affinity, path.Below(nameof(affinity.Cookie)), errors);
        }

        if (affinity.Table is { } table)
        {
            ClusterOptionsValidator.Check(table.Capacity, Capacity, path.Below(nameof(affinity.Table)).Below(nameof(table.Capacity)), errors);
            ClusterOptionsValidator.Check(table.Lifetime, TableLifetime, path.Below(nameof(affinity.Table)).Below(nameof(table.Lifetime)), errors);
        }

        if (affinity.ClientAddress is { } address)
        {
            var addressPath = path.Below(nameof(affinity.ClientAddress));
            ClusterOptionsValidator.Check(address.IPv4PrefixLength, IPv4Prefix, addressPath.Below(nameof(address.IPv4PrefixLength)), errors);
            ClusterOptionsValidator.Check(address.IPv6PrefixLength, IPv6Prefix, addressPath.Below(nameof(address.IPv6PrefixLength)), errors);
        }

        if (affinity.Enabled)
        {
            AddNotices(affinity, path, notices);
        }
    }

    private static void CheckName(SessionAffinityOptions affinity, string path, ICollection<ConfigError> errors)
    {
        if (!string.IsNullOrEmpty(affinity.AffinityKeyName))
        {
            if (!TokenSyntax.IsToken(affinity.AffinityKeyName))
            {
                errors.Report(
                    path,
                    $"'{affinity.AffinityKeyName}' is not allowed: the name of a cookie or header is letters, digits, and any of !#$%&'*+-.^_`|~.");
            }
            else if (Is(affinity, SessionAffinityNames.CustomHeader) && NoKeyHeaders.Contains(affinity.AffinityKeyName, StringComparer.OrdinalIgnoreCase))
            {
                errors.Report(path, $"'{affinity.AffinityKeyName}' is not allowed: this header has a meaning of its own; take a name such as X-Affinity.");
            }
        }
        else if (affinity.Enabled && (UsesCookie(affinity) || Is(affinity, SessionAffinityNames.CustomHeader)))
        {
            errors.Report(path, "is required: the name of the cookie or header that carries the affinity key.");
        }

    }

    // Secrets are not repeated in messages.
    private static void CheckKeys(IList<string>? keys, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.CheckNotNull(keys, path, errors);
        if (keys is { Count: > MostKeys })
        {
            errors.Report(path, $"holds {keys.Count} keys: up to {MostKeys} are expected, the one to sign with first.");
        }

        for (var i = 0; i < keys?.Count; i++)
        {
            if (keys[i] is not { Length: >= ShortestKey and <= LongestKey })
            {
                errors.Report(
                    path.Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    $"is too short or too long for a secret: {ShortestKey} to {LongestKey} characters are expected, such as those of 'openssl rand -base64 32'.");
            }
        }
    }

    // What is right and does nothing is said, and so is what people find out when the second proxy is there.
    private static void AddNotices(SessionAffinityOptions affinity, string path, ICollection<ConfigError> notices)
    {
        var signs = Is(affinity, SessionAffinityNames.HashCookie) || Is(affinity, SessionAffinityNames.CustomHeader);
        if (signs && affinity.Keys.Count == 0)
        {
            notices.Report(
                path.Below(nameof(affinity.Keys)),
                "is not set: the secret that affinity keys are signed with is drawn when the process starts, so that clients change their destination at a restart, and when another proxy answers them");
        }

        if (!Policies.Contains(SessionAffinityCatalog.NameOf(affinity), StringComparer.OrdinalIgnoreCase)) return; // who knows what the user's own looks at
        Notice(affinity.Keys.Count > 0 && !signs, nameof(affinity.Keys), "HashCookie and CustomHeader");
        Notice(affinity.Cookie is not null && (!UsesCookie(affinity) || Is(affinity, SessionAffinityNames.LearnedCookie)), nameof(affinity.Cookie), "HashCookie, ArrCookie and Cookie");
        Notice(affinity.ClientAddress is not null && !Is(affinity, SessionAffinityNames.ClientAddress), nameof(affinity.ClientAddress), SessionAffinityNames.ClientAddress);
        var remembers = Is(affinity, SessionAffinityNames.LearnedCookie) || Is(affinity, SessionAffinityNames.ClientAddress) || Is(affinity, SessionAffinityNames.RequestKey);
        Notice(affinity.Table is not null && !remembers, nameof(affinity.Table), "LearnedCookie, ClientAddress and RequestKey");
        Notice(affinity.ForwardKey is not null && remembers, nameof(affinity.ForwardKey), "keys that the proxy issues");
        Notice(affinity.KeepOutOfSharedCaches is not null && remembers, nameof(affinity.KeepOutOfSharedCaches), "keys that the proxy issues");

        void Notice(bool applies, string setting, string where)
        {
            if (applies) notices.Report(path.Below(setting), $"has an effect with {where} only");
        }
    }

    private static bool Is(SessionAffinityOptions affinity, string policy) => policy.Equals(SessionAffinityCatalog.NameOf(affinity), StringComparison.OrdinalIgnoreCase);

    private static bool UsesCookie(SessionAffinityOptions affinity) =>
        Is(affinity, SessionAffinityNames.HashCookie) || Is(affinity, SessionAffinityNames.ArrCookie) || Is(affinity, SessionAffinityNames.Cookie) || Is(affinity, SessionAffinityNames.LearnedCookie);

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

    private static void Validate(AffinityCookieOptions cookie, SessionAffinityOptions affinity, string path, ICollection<ConfigError> errors)
    {
        CheckPrefix(affinity.AffinityKeyName, cookie, path, errors);
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

    // RFC 6265bis §4.1.3: browsers drop a cookie of such a name without these attributes.
    private static void CheckPrefix(string? name, AffinityCookieOptions cookie, string path, ICollection<ConfigError> errors)
    {
        var isHost = name?.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase) == true;
        if ((isHost || name?.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase) == true) && string.Equals(cookie.SecurePolicy, "None", StringComparison.OrdinalIgnoreCase))
        {
            errors.Report(path.Below(nameof(cookie.SecurePolicy)), $"'None' is not allowed for a cookie named '{name}': browsers take it with Secure only.");
        }

        if (isHost && (!string.IsNullOrEmpty(cookie.Domain) || cookie.Path is { Length: > 0 } and not "/"))
        {
            errors.Report(path.Below(string.IsNullOrEmpty(cookie.Domain) ? nameof(cookie.Path) : nameof(cookie.Domain)), $"is not allowed for a cookie named '{name}': browsers take it for one host and its root only.");
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
