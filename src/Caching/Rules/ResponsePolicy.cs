namespace Net2Secure.Routing.Caching;

/// <summary>What the fields of a response say to a cache, read once and kept with it.</summary>
internal sealed class ResponsePolicy
{
    private readonly DateTimeOffset _responseTime;
    private readonly TimeSpan _initialAge;

    private ResponsePolicy(int status, in FieldView fields, DateTimeOffset requestTime, DateTimeOffset responseTime, TimeSpan? assumedLifetime, bool isDoubted)
    {
        _responseTime = responseTime;
        _initialAge = AgeRule.Initial(fields, requestTime, responseTime);
        Directives = ResponseDirectives.Read(fields);
        Lifetime = LifetimeRule.Of(status, Directives, fields, responseTime);
        if (assumedLifetime is { } assumed && !Lifetime.IsExplicit) Lifetime = new(assumed, LifetimeSource.Assumed);
        IsDoubted = isDoubted;
        Date = LifetimeRule.DateOf(fields, responseTime);
        ETag = fields.First(FieldNames.ETag);
        LastModified = fields.First(FieldNames.LastModified);
        if (HttpDate.TryParse(LastModified, responseTime, out var modified)) ModifiedAt = modified;
        if (status == 206 && ContentRange.TryRead(fields.Single(FieldNames.ContentRange, out _), out var range)) Range = range;
    }

    public ResponseDirectives Directives { get; }

    public Lifetime Lifetime { get; }

    /// <summary>Stale whatever the rest says.</summary>
    public bool IsDoubted { get; }

    /// <summary>When the origin made it, by its own clock.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>The entity tag, as it stands.</summary>
    public string? ETag { get; }

    /// <summary><c>Last-Modified</c>, as it stands.</summary>
    public string? LastModified { get; }

    /// <summary><c>Last-Modified</c>, where it is a date.</summary>
    public DateTimeOffset? ModifiedAt { get; }

    /// <summary>Which part of the representation this is; <see langword="null"/>: the whole.</summary>
    public ContentRange? Range { get; }

    /// <summary>There is something to ask the origin by (RFC 9111 §4.3.1).</summary>
    public bool HasValidator => ETag is not null || LastModified is not null;

    /// <summary>The entity tag, if two representations with it are the same octet for octet.</summary>
    public string? StrongETag => EntityTag.IsStrong(ETag) ? ETag : null;

    public static ResponsePolicy Read(CachedHead head) => new(head.StatusCode, new FieldView(head.Fields), head.RequestTime, head.ResponseTime, head.AssumedLifetime, head.IsDoubted);

    public static ResponsePolicy Read(int status, in FieldView fields, DateTimeOffset requestTime, DateTimeOffset responseTime, TimeSpan? assumedLifetime = null) =>
        new(status, fields, requestTime, responseTime, assumedLifetime, isDoubted: false);

    public TimeSpan AgeAt(DateTimeOffset now) => AgeRule.At(now, _initialAge, _responseTime);

    /// <summary>How long it stays fresh; not above zero: it is stale, and for how long (RFC 9111 §4.2).</summary>
    public TimeSpan FreshnessLeftAt(DateTimeOffset now)
    {
        var left = Lifetime.Length - AgeAt(now);
        return IsDoubted && left > TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    public bool IsFreshAt(DateTimeOffset now) => FreshnessLeftAt(now) > TimeSpan.Zero;
}
