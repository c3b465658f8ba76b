using System.Globalization;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>What an answer says of its use by caches, as far as the model knows the rules.</summary>
internal sealed record ModelPolicy
{
    public int Age { get; init; }

    public int? MaxAge { get; init; }

    public int? SharedMaxAge { get; init; }

    public bool NoStore { get; init; }

    public bool IsPrivate { get; init; }

    public bool NoCache { get; init; }

    public bool MustRevalidate { get; init; }

    public bool IsPublic { get; init; }

    public int StaleWhileRevalidate { get; init; }

    public int StaleIfError { get; init; }

    public bool ForbidsStale => MustRevalidate || SharedMaxAge is not null;

    public bool IsForCredentials => IsPublic || MustRevalidate || SharedMaxAge is not null;

    public static ModelPolicy Draw(Random random) => new()
    {
        Age = random.Next(5) == 0 ? random.Next(10) : 0,
        MaxAge = random.Next(4) > 0 ? random.Next(20) : null,
        SharedMaxAge = random.Next(8) == 0 ? random.Next(20) : null,
        NoStore = random.Next(15) == 0,
        IsPrivate = random.Next(15) == 0,
        NoCache = random.Next(15) == 0,
        MustRevalidate = random.Next(8) == 0,
        IsPublic = random.Next(5) == 0,
        StaleWhileRevalidate = random.Next(6) == 0 ? random.Next(1, 10) : 0,
        StaleIfError = random.Next(6) == 0 ? random.Next(1, 10) : 0,
    };

    public string CacheControl()
    {
        var all = new List<string> { "x-model" };
        if (MaxAge is { } maxAge) all.Add($"max-age={maxAge}");
        if (SharedMaxAge is { } sharedMaxAge) all.Add($"s-maxage={sharedMaxAge}");
        if (NoStore) all.Add("no-store");
        if (IsPrivate) all.Add("private");
        if (NoCache) all.Add("no-cache");
        if (MustRevalidate) all.Add("must-revalidate");
        if (IsPublic) all.Add("public");
        if (StaleWhileRevalidate > 0) all.Add($"stale-while-revalidate={StaleWhileRevalidate}");
        if (StaleIfError > 0) all.Add($"stale-if-error={StaleIfError}");
        return string.Join(", ", all);
    }
}

/// <summary>A moment at which the origin has said that a representation is good for a request, and for how long.</summary>
internal sealed record ModelApproval(ModelExchange Exchange, DateTimeOffset Time, ModelPolicy Policy);

/// <summary>A response of the origin, told from all others by its number.</summary>
internal sealed record ModelResponse(int Serial, string Path, DateTimeOffset? Expires, DateTimeOffset? LastModified, bool HasTag, bool Varies, bool SetsCookie)
{
    public List<ModelApproval> Approvals { get; } = [];

    public bool IsCut { get; set; }

    public string Tag => $"\"{Serial}\"";

    /// <summary>Says whose it is at every place of ten characters.</summary>
    public string Body => string.Concat(Enumerable.Repeat($"{Serial:D9}.", 3 + (Serial % 50)));

    public string Fields(ModelPolicy policy, DateTimeOffset now, bool isWhole)
    {
        var fields = $"Date: {Text(now)}\r\nCache-Control: {policy.CacheControl()}\r\n";
        if (policy.Age > 0) fields += $"Age: {policy.Age}\r\n";
        if (HasTag) fields += $"ETag: {Tag}\r\n";
        if (!isWhole) return fields;
        fields += $"X-Serial: {Serial}\r\nX-Policy: {policy.CacheControl()}\r\n";
        if (Expires is { } expires) fields += $"Expires: {Text(expires)}\r\n";
        if (LastModified is { } modified) fields += $"Last-Modified: {Text(modified)}\r\n";
        if (Varies) fields += "Vary: X-V\r\n";
        if (SetsCookie) fields += $"Set-Cookie: s={Serial}\r\n";
        return fields;
    }

    private static string Text(DateTimeOffset date) => date.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>One request of a client.</summary>
internal sealed record ModelExchange(int Number, string Method, string Path, string? Variant, bool HasCredentials)
{
    /// <summary>When it was sent.</summary>
    public required DateTimeOffset Started { get; init; }

    public bool NoCache { get; init; }

    public bool NoStore { get; init; }

    public int? MaxAge { get; init; }

    public int? MinFresh { get; init; }

    public int? MaxStale { get; init; }

    public string? Range { get; init; }

    public string? IfNoneMatch { get; init; }

    /// <summary>The origin has given no answer, or one that says that it could not.</summary>
    public bool HasFailed { get; set; }

    public string Head()
    {
        var fields = $"{Method} {Path} HTTP/1.1\r\nHost: shop.example\r\nX-Q: {Number}\r\n";
        if (Variant is not null) fields += $"X-V: {Variant}\r\n";
        if (HasCredentials) fields += "Authorization: a\r\n";
        if (NoCache) fields += "Cache-Control: no-cache\r\n";
        if (NoStore) fields += "Cache-Control: no-store\r\n";
        if (MaxAge is { } maxAge) fields += $"Cache-Control: max-age={maxAge}\r\n";
        if (MinFresh is { } minFresh) fields += $"Cache-Control: min-fresh={minFresh}\r\n";
        if (MaxStale is { } maxStale) fields += $"Cache-Control: max-stale={maxStale}\r\n";
        if (Range is not null) fields += $"Range: {Range}\r\n";
        if (IfNoneMatch is not null) fields += $"If-None-Match: {IfNoneMatch}\r\n";
        return fields + "\r\n";
    }
}
