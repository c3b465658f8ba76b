namespace Net2Secure.Routing.Caching;

/// <summary>Evaluates a client's own conditions against a stored response (RFC 9111 §4.3.2, RFC 9110 §13).</summary>
internal static class ConditionalRule
{
    /// <summary>The request has conditions that only the origin can evaluate (RFC 9110 §13.1.1, §13.1.4).</summary>
    public static bool IsForOrigin(in FieldView request) => request.Contains(FieldNames.IfMatch) || request.Contains(FieldNames.IfUnmodifiedSince);

    /// <summary>The request has conditions that a cache can evaluate.</summary>
    public static bool HasConditions(in FieldView request) => request.Contains(FieldNames.IfNoneMatch) || request.Contains(FieldNames.IfModifiedSince);

    /// <summary>Whether the answer is a 304 rather than the stored response. <c>If-Modified-Since</c> counts only without <c>If-None-Match</c> (RFC 9110 §13.2.2), and conditions only where the answer would be a success (RFC 9110 §13.2.1).</summary>
    public static bool IsNotModified(in FieldView request, CachedHead stored)
    {
        if (stored.StatusCode is < 200 or > 299) return false;
        var policy = stored.Policy;
        if (request.Joined(FieldNames.IfNoneMatch) is { } tags) return EntityTag.IsListed(tags, policy.ETag);
        if (request.First(FieldNames.IfModifiedSince) is not { } since) return false;
        return HttpDate.TryParse(since, stored.ResponseTime, out var date) && (policy.ModifiedAt ?? policy.Date) <= date;
    }

    /// <summary>Whether a 304 has this field: those that the client may have to update what it has (RFC 9110 §15.4.5).</summary>
    /// <param name="name">The field.</param>
    /// <param name="hasETag">With an entity tag <c>Last-Modified</c> adds nothing.</param>
    public static bool IsSentWith304(string name, bool hasETag) => name.Length switch
    {
        4 => Is(name, FieldNames.ETag) || Is(name, FieldNames.Date) || Is(name, FieldNames.Vary),
        7 => Is(name, FieldNames.Expires),
        13 => Is(name, FieldNames.CacheControl) || (!hasETag && Is(name, FieldNames.LastModified)),
        16 => Is(name, FieldNames.ContentLocation),
        17 => Is(name, FieldNames.CdnCacheControl),
        _ => false,
    };

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
