namespace Net2Secure.Routing.Caching;

/// <summary>Directives that are meant for caches like this one and no others: <c>CDN-Cache-Control</c> (RFC 9213).</summary>
internal static class TargetedDirectives
{
    /// <summary>Reads the field.</summary>
    /// <returns><see langword="false"/>: it is not there, empty, or not in order; then <c>Cache-Control</c> and <c>Expires</c> have the say (RFC 9213 §2.2).</returns>
    public static bool TryRead(in FieldView fields, out ResponseDirectives directives)
    {
        directives = new ResponseDirectives();
        if (fields.Joined(FieldNames.CdnCacheControl) is not { } field) return false;
        if (StructuredDictionary.TryParse(field) is not { Count: > 0 } members) return false;
        foreach (var member in members)
        {
            if (!TryApply(member, ref directives)) return false;
        }

        directives = directives with { Flags = directives.Flags | ResponseFlags.Targeted };
        return true;
    }

    private static bool TryApply(in StructuredMember member, ref ResponseDirectives directives)
    {
        // A lifetime that is no Integer says nothing that could be acted upon, and without it the rest may not mean what was meant.
        switch (member.Key)
        {
            case "max-age":
                directives = directives with { MaxAge = Seconds(member) };
                return member.Type == StructuredType.Integer;
            case "s-maxage":
                directives = directives with { SMaxAge = Seconds(member) };
                return member.Type == StructuredType.Integer;
            case "stale-while-revalidate" when member.Type == StructuredType.Integer:
                directives = directives with { StaleWhileRevalidate = Seconds(member) };
                return true;
            case "stale-if-error" when member.Type == StructuredType.Integer:
                directives = directives with { StaleIfError = Seconds(member) };
                return true;
        }

        // ?0 takes a directive back; any other value does not, to be on the safe side.
        if (member is { Type: StructuredType.Boolean, Number: 0 }) return true;
        var flag = member.Key == "no-cache" ? ResponseFlags.NoCache : ResponseDirectives.FlagOf(member.Key);
        directives = directives with { Flags = directives.Flags | flag };
        return true;
    }

    private static int Seconds(in StructuredMember member) => (int)Math.Clamp(member.Number, 0, DeltaSeconds.Max);
}
