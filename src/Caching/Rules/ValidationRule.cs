namespace Net2Secure.Routing.Caching;

/// <summary>Asks the origin whether a stored response still holds, and takes over what it answers (RFC 9111 §4.3.1, §4.3.3, §4.3.4, §3.2).</summary>
internal static class ValidationRule
{
    /// <summary>Replaces a client's own conditions by those of a stored response, as it stands there; all other fields stay.</summary>
    public static void SetConditions(HttpRequestMessage request, ResponsePolicy stored)
    {
        request.Headers.Remove(FieldNames.IfNoneMatch);
        request.Headers.Remove(FieldNames.IfModifiedSince);
        if (stored.ETag is { } tag) request.Headers.TryAddWithoutValidation(FieldNames.IfNoneMatch, tag);
        if (stored.LastModified is { } modified) request.Headers.TryAddWithoutValidation(FieldNames.IfModifiedSince, modified);
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
