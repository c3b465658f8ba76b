namespace Net2Secure.Routing.Caching;

/// <summary>Asks the origin whether a stored response still holds, and takes over what it answers (RFC 9111 §4.3.1, §4.3.3, §4.3.4, §3.2).</summary>
internal static class ValidationRule
{
    /// <summary>How many entity tags of other variants are offered, and how many characters of them.</summary>
    private const int MaxOffered = 16;

    private const int MaxOfferedLength = 2048;

    /// <summary>Replaces a client's own conditions by those of a stored response, as it stands there; all other fields stay.</summary>
    public static void SetConditions(HttpRequestMessage request, ResponsePolicy stored)
    {
        request.Headers.Remove(FieldNames.IfNoneMatch);
        request.Headers.Remove(FieldNames.IfModifiedSince);
        if (stored.ETag is { } tag) request.Headers.TryAddWithoutValidation(FieldNames.IfNoneMatch, tag);
        if (stored.LastModified is { } modified) request.Headers.TryAddWithoutValidation(FieldNames.IfModifiedSince, modified);
    }

    /// <summary>Offers the entity tags of other variants: one of them may be what the request gets as well (RFC 9111 §4.3.1).</summary>
    public static void SetTags(HttpRequestMessage request, IReadOnlyList<CachedResponse> variants)
    {
        var tags = new string[variants.Count];
        for (var i = 0; i < tags.Length; i++) tags[i] = variants[i].Head.Policy.ETag!;
        request.Headers.TryAddWithoutValidation(FieldNames.IfNoneMatch, string.Join(", ", tags));
    }

    /// <summary>The variants whose entity tags can be offered: whole, successful, with a tag that is well formed, and not so many that the field becomes a burden.</summary>
    /// <remarks>Not those of another <c>Accept-Encoding</c>: many origins give one tag to all codings of a body, against RFC 9110 §8.8.3.3, and a client would get one that it cannot read.</remarks>
    public static IReadOnlyList<CachedResponse> Offerable(IReadOnlyList<CachedResponse> found, in FieldView request, bool hasCredentials)
    {
        List<CachedResponse>? offered = null;
        var length = 0;
        for (var i = found.Count - 1; i >= 0 && (offered?.Count ?? 0) < MaxOffered; i--)
        {
            var policy = found[i].Head.Policy;
            if (found[i].Head.StatusCode != 200 || policy.ETag is not { } tag || !IsWellFormed(tag)) continue;
            if (hasCredentials && !StoringRule.AllowsCredentials(policy.Directives)) continue;
            if (!VarianceRule.Matches(found[i].Head, request, FieldNames.AcceptEncoding)) continue;
            length += tag.Length;
            if (length > MaxOfferedLength) break;
            (offered ??= []).Add(found[i]);
        }

        return offered ?? (IReadOnlyList<CachedResponse>)[];
    }

    /// <summary>Whether a 304 speaks of this stored response (RFC 9111 §4.3.4): a validator that it has is the same as the stored one.</summary>
    public static bool Selects(ResponsePolicy stored, in FieldView received)
    {
        if (received.First(FieldNames.ETag) is { } tag)
        {
            return EntityTag.IsStrong(tag) ? EntityTag.AreStronglyEqual(tag, stored.ETag) : stored.ETag is null || EntityTag.AreWeaklyEqual(tag, stored.ETag);
        }

        return received.First(FieldNames.LastModified) is not { } modified || stored.LastModified is null || modified == stored.LastModified;
    }

    /// <summary>The stored response with the fields of a 304: every name that came replaces what was stored under it, the rest stays.</summary>
    /// <param name="stored">The stored response.</param>
    /// <param name="received">The end-to-end fields of the answer.</param>
    /// <param name="requestTime">When the origin was asked.</param>
    /// <param name="responseTime">When it answered; the age counts from here.</param>
    public static CachedHead Merge(CachedHead stored, List<FieldLine> received, DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        var merged = new List<FieldLine>(stored.Fields.Count + received.Count);
        var isPart = stored.Policy.Range is not null;
        for (var i = 0; i < stored.Fields.Count; i++)
        {
            var line = stored.Fields[i];
            // The age and the date were those of the old response.
            if (line.Is(FieldNames.Age) || line.Is(FieldNames.Date) || (Contains(received, line.Name) && IsTaken(line.Name, isPart))) continue;
            merged.Add(line);
        }

        foreach (var line in received)
        {
            if (IsTaken(line.Name, isPart)) merged.Add(line);
        }

        if (!Contains(received, FieldNames.Date)) merged.Add(new FieldLine(FieldNames.Date, HttpDate.Format(responseTime)));
        var head = stored.With(merged, requestTime, responseTime);
        var listed = head.Policy.Directives.NoCacheFields;
        return listed is null ? head : head.With(StoredFieldsRule.WithoutListed(merged, listed));
    }

    private static bool IsWellFormed(string tag) => EntityTag.IsStrong(tag.StartsWith("W/", StringComparison.Ordinal) ? tag.AsSpan(2) : tag);

    // The length and the position are those of the body that is kept.
    private static bool IsTaken(string name, bool isPart) =>
        !name.Equals(FieldNames.ContentLength, StringComparison.OrdinalIgnoreCase) && !(isPart && name.Equals(FieldNames.ContentRange, StringComparison.OrdinalIgnoreCase));

    private static bool Contains(List<FieldLine> lines, string name)
    {
        foreach (var line in lines)
        {
            if (line.Is(name)) return true;
        }

        return false;
    }
}
