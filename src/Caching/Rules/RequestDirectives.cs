namespace Net2Secure.Routing.Caching;

/// <summary>What a client asks of a cache (RFC 9111 §5.2.1, §5.4).</summary>
internal readonly record struct RequestDirectives
{
    /// <summary>Stands for a directive that is not there.</summary>
    public const int Absent = -1;

    /// <summary>Nothing is asked, or nobody listens.</summary>
    public static RequestDirectives None { get; } = new();

    public bool NoCache { get; init; }

    public bool NoStore { get; init; }

    public bool OnlyIfCached { get; init; }

    /// <summary>Seconds; an invalid value counts as none.</summary>
    public int MaxAge { get; init; } = Absent;

    /// <summary>Seconds; an invalid value counts as none.</summary>
    public int MinFresh { get; init; } = Absent;

    /// <summary>Seconds; <see cref="DeltaSeconds.Max"/> without a value: however stale.</summary>
    public int MaxStale { get; init; } = Absent;

    public RequestDirectives()
    {
    }

    /// <summary>Reads the fields of a request. <c>Pragma</c> counts only where there is no <c>Cache-Control</c>.</summary>
    public static RequestDirectives Read(in FieldView fields)
    {
        if (fields.Joined(FieldNames.CacheControl) is { } cacheControl) return ReadCacheControl(cacheControl);
        return fields.Joined(FieldNames.Pragma) is { } pragma && HasNoCache(pragma) ? None with { NoCache = true } : None;
    }

    private static RequestDirectives ReadCacheControl(string field)
    {
        var (maxAge, minFresh, maxStale) = (Absent, Absent, Absent);
        var (noCache, noStore, onlyIfCached) = (false, false, false);
        var reader = new DirectiveReader(field);
        while (reader.MoveNext())
        {
            noCache |= reader.Is("no-cache");
            noStore |= reader.Is("no-store");
            onlyIfCached |= reader.Is("only-if-cached");
            if (reader.Is("max-age")) SetFirst(ref maxAge, reader.Value);
            else if (reader.Is("min-fresh")) SetFirst(ref minFresh, reader.Value);
            else if (!reader.Is("max-stale")) continue;
            else if (reader.HasValue) SetFirst(ref maxStale, reader.Value);
            else if (maxStale == Absent) maxStale = DeltaSeconds.Max;
        }

        return new RequestDirectives { NoCache = noCache, NoStore = noStore, OnlyIfCached = onlyIfCached, MaxAge = maxAge, MinFresh = minFresh, MaxStale = maxStale };
    }

    private static bool HasNoCache(string pragma)
    {
        var reader = new DirectiveReader(pragma);
        while (reader.MoveNext())
        {
            if (reader.Is("no-cache")) return true;
        }

        return false;
    }

    private static void SetFirst(ref int directive, ReadOnlySpan<char> value)
    {
        if (directive == Absent && DeltaSeconds.TryParse(value, out var seconds)) directive = seconds;
    }
}
