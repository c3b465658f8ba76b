namespace Net2Secure.Routing.Caching;

/// <summary>A stored response without its body. Never changes; a store keeps it whole and gives it back as it was.</summary>
public sealed class CachedHead
{
    private ResponsePolicy? _policy;

    /// <summary>The status, 200 to 599.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The reason phrase, where the origin sent one that is not the usual.</summary>
    public string? ReasonPhrase { get; init; }

    /// <summary>The end-to-end field lines in their order, as they came (RFC 9111 §3.1).</summary>
    public required IReadOnlyList<FieldLine> Fields { get; init; }

    /// <summary>The request fields that <c>Vary</c> names, ordered by name, each once. Empty: the response answers every request for its key.</summary>
    public IReadOnlyList<SelectingField> SelectingFields { get; init; } = [];

    /// <summary>Tells the variants of a key apart: made of <see cref="SelectingFields"/> as they were when it was stored. A store keeps one response for each key and variant.</summary>
    public string Variant { get; init; } = "";

    /// <summary>When the request was sent that the response answers.</summary>
    public required DateTimeOffset RequestTime { get; init; }

    /// <summary>When the response began to arrive; ages count from here.</summary>
    public required DateTimeOffset ResponseTime { get; init; }

    /// <summary>Names by which the response can be removed together with others. At most 64.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How long it is fresh where its own fields do not say; <see langword="null"/>: as the rules of HTTP guess, if they do.</summary>
    public TimeSpan? AssumedLifetime { get; init; }

    /// <summary>The response is stale whatever its fields say: a later response has put it in doubt (RFC 9111 §4.3.5).</summary>
    public bool IsDoubted { get; init; }

    /// <summary>What the fields say, read once.</summary>
    internal ResponsePolicy Policy => _policy ??= ResponsePolicy.Read(this);

    /// <summary>The same response with other fields, or of another time.</summary>
    internal CachedHead With(IReadOnlyList<FieldLine>? fields = null, DateTimeOffset? requestTime = null, DateTimeOffset? responseTime = null, bool isDoubted = false, int? statusCode = null) => new()
    {
        StatusCode = statusCode ?? StatusCode,
        ReasonPhrase = statusCode is null ? ReasonPhrase : null,
        Fields = fields ?? Fields,
        SelectingFields = SelectingFields,
        Variant = Variant,
        RequestTime = requestTime ?? RequestTime,
        ResponseTime = responseTime ?? ResponseTime,
        Tags = Tags,
        AssumedLifetime = AssumedLifetime,
        IsDoubted = isDoubted,
    };

    /// <summary>The same response as the one that answers a request with other selecting fields, under the same or other tags.</summary>
    internal CachedHead ForVariant(IReadOnlyList<SelectingField> selectingFields, string variant, IReadOnlyList<string>? tags = null) => new()
    {
        StatusCode = StatusCode,
        ReasonPhrase = ReasonPhrase,
        Fields = Fields,
        SelectingFields = selectingFields,
        Variant = variant,
        RequestTime = RequestTime,
        ResponseTime = ResponseTime,
        Tags = tags ?? Tags,
        AssumedLifetime = AssumedLifetime,
    };
}
