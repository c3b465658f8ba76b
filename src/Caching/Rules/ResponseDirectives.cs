namespace Net2Secure.Routing.Caching;

/// <summary>Directives of a response that are there or not (RFC 9111 §5.2.2).</summary>
[Flags]
internal enum ResponseFlags
{
    None = 0,
    NoStore = 1,
    NoCache = 2,
    Private = 4,
    Public = 8,
    MustRevalidate = 16,
    ProxyRevalidate = 32,
    MustUnderstand = 64,

    /// <summary>They come from <c>CDN-Cache-Control</c>, so that <c>Cache-Control</c> and <c>Expires</c> have no say (RFC 9213 §2.2).</summary>
    Targeted = 128,
}

/// <summary>What the origin asks of a shared cache (RFC 9111 §5.2.2, RFC 5861, RFC 9213).</summary>
internal readonly record struct ResponseDirectives
{
    private const ResponseFlags Restricting = ResponseFlags.NoStore | ResponseFlags.Private | ResponseFlags.MustRevalidate | ResponseFlags.ProxyRevalidate;

    /// <summary>Stands for a directive that is not there.</summary>
    public const int Absent = -1;

    public ResponseFlags Flags { get; init; }

    /// <summary>Seconds; 0 as well when the value is invalid, which makes the response stale (RFC 9111 §4.2.1).</summary>
    public int MaxAge { get; init; } = Absent;

    /// <summary>As <see cref="MaxAge"/>.</summary>
    public int SMaxAge { get; init; } = Absent;

    /// <summary>Seconds; an invalid value counts as none.</summary>
    public int StaleWhileRevalidate { get; init; } = Absent;

    /// <summary>Seconds; an invalid value counts as none.</summary>
    public int StaleIfError { get; init; } = Absent;

    /// <summary>The fields that <c>no-cache="…"</c> names; they are not stored, the rest is (RFC 9111 §5.2.2.4).</summary>
    public string? NoCacheFields { get; init; }

    public ResponseDirectives()
    {
    }

    public bool Has(ResponseFlags flag) => (Flags & flag) != ResponseFlags.None;

    /// <summary>Reads what has the say: <c>CDN-Cache-Control</c> where it is in order, else <c>Cache-Control</c>.</summary>
    public static ResponseDirectives Read(in FieldView fields) =>
        TargetedDirectives.TryRead(fields, out var targeted) ? targeted : ReadCacheControl(fields.Joined(FieldNames.CacheControl));

    /// <summary>Reads <c>Cache-Control</c>: of a directive that stands there twice the first counts, and of those behind a quote without an end only what restricts.</summary>
    public static ResponseDirectives ReadCacheControl(string? field)
    {
        var (maxAge, sMaxAge, whileRevalidate, ifError) = (Absent, Absent, Absent, Absent);
        var flags = ResponseFlags.None;
        string? noCacheFields = null;
        var reader = new DirectiveReader(field);
        while (reader.MoveNext())
        {
            var seconds = reader.IsDoubtful ? default : reader.Value;
            if (reader.Is("max-age")) SetFirst(ref maxAge, seconds, ifInvalid: 0);
            else if (reader.Is("s-maxage")) SetFirst(ref sMaxAge, seconds, ifInvalid: 0);
            else if (reader.Is("stale-while-revalidate")) SetFirst(ref whileRevalidate, seconds, Absent);
            else if (reader.Is("stale-if-error")) SetFirst(ref ifError, seconds, Absent);
            else if (!reader.Is("no-cache")) flags |= reader.IsDoubtful ? FlagOf(reader.Name) & Restricting : FlagOf(reader.Name);
            else if (reader.Value.IsEmpty || reader.IsDoubtful) flags |= ResponseFlags.NoCache;
            else noCacheFields = noCacheFields is null ? reader.Value.ToString() : $"{noCacheFields},{reader.Value}";
        }

        return new ResponseDirectives
        {
            Flags = flags, MaxAge = maxAge, SMaxAge = sMaxAge, StaleWhileRevalidate = whileRevalidate, StaleIfError = ifError, NoCacheFields = noCacheFields,
        };
    }

    /// <summary>The flag that a name stands for. A value behind it changes nothing: <c>private="x"</c> is as private as <c>private</c>.</summary>
    public static ResponseFlags FlagOf(ReadOnlySpan<char> name)
    {
        if (Is(name, "no-store")) return ResponseFlags.NoStore;
        if (Is(name, "private")) return ResponseFlags.Private;
        if (Is(name, "public")) return ResponseFlags.Public;
        if (Is(name, "must-revalidate")) return ResponseFlags.MustRevalidate;
        if (Is(name, "proxy-revalidate")) return ResponseFlags.ProxyRevalidate;
        return Is(name, "must-understand") ? ResponseFlags.MustUnderstand : ResponseFlags.None;
    }

    private static void SetFirst(ref int directive, ReadOnlySpan<char> value, int ifInvalid)
    {
        if (directive == Absent) directive = DeltaSeconds.TryParse(value, out var seconds) ? seconds : ifInvalid;
    }

    private static bool Is(ReadOnlySpan<char> name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
