namespace Net2Secure.Routing.Caching;

/// <summary>Decides whether a response may be stored (RFC 9111 §3).</summary>
internal static class StoringRule
{
    private const int MinStatus = 200;
    private const int MaxStatus = 599;

    /// <param name="status">The status of the response.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="policy">What they say.</param>
    /// <param name="hasCredentials">The request had <c>Authorization</c>.</param>
    /// <param name="request">What the client asked.</param>
    /// <param name="setCookie">What becomes of responses with cookies.</param>
    /// <param name="isVaryBounded">What <see cref="VarianceRule"/> said of its <c>Vary</c>.</param>
    public static StoringVerdict Decide(
        int status, in FieldView fields, ResponsePolicy policy, bool hasCredentials, in RequestDirectives request, StoreSetCookie setCookie, bool isVaryBounded)
    {
        var directives = policy.Directives;
        var mustUnderstand = directives.Has(ResponseFlags.MustUnderstand);
        // 304 and 416 answer a condition and a range of their request; to another request for the URI they mean nothing.
        if (status is < MinStatus or > MaxStatus or 304 or 416 || (mustUnderstand && !StatusRules.IsUnderstood(status))) return StoringVerdict.Status;
        if (status == 206 && (policy.Range is null || !policy.Lifetime.IsExplicit)) return StoringVerdict.Part;
        if (request.NoStore) return StoringVerdict.RequestNoStore;
        // no-store beside must-understand is for caches that do not know must-understand (RFC 9111 §5.2.2.3).
        if (directives.Has(ResponseFlags.NoStore) && !mustUnderstand) return StoringVerdict.NoStore;
        if (directives.Has(ResponseFlags.Private)) return StoringVerdict.Private;
        if (hasCredentials && !AllowsCredentials(directives)) return StoringVerdict.Authorization;
        if (!isVaryBounded) return StoringVerdict.Vary;
        if (SetsCookie(fields, directives) && !MayStoreCookies(setCookie, directives)) return StoringVerdict.SetCookie;
        return IsUseful(status, policy) ? StoringVerdict.Store : StoringVerdict.Useless;
    }

    /// <summary>Whether a response may be stored for, and used to answer, requests with <c>Authorization</c> (RFC 9111 §3.5).</summary>
    public static bool AllowsCredentials(in ResponseDirectives directives) =>
        directives.Has(ResponseFlags.Public | ResponseFlags.MustRevalidate) || directives.SMaxAge != ResponseDirectives.Absent;

    private static bool MayStoreCookies(StoreSetCookie setting, in ResponseDirectives directives) => setting switch
    {
        StoreSetCookie.Always => true,
        StoreSetCookie.WhenPublic => directives.Has(ResponseFlags.Public) || directives.SMaxAge != ResponseDirectives.Absent,
        _ => false,
    };

    // A cookie that no-cache="Set-Cookie" names is not stored with the rest, so it is nobody's danger.
    private static bool SetsCookie(in FieldView fields, in ResponseDirectives directives) =>
        (fields.Contains(FieldNames.SetCookie) && !StoredFieldsRule.IsListed(directives.NoCacheFields, FieldNames.SetCookie))
        || (fields.Contains(FieldNames.SetCookie2) && !StoredFieldsRule.IsListed(directives.NoCacheFields, FieldNames.SetCookie2));

    private static bool IsUseful(int status, ResponsePolicy policy)
    {
        var directives = policy.Directives;
        // The last condition of RFC 9111 §3: something says that it may be stored at all.
        if (!policy.Lifetime.IsExplicit && !StatusRules.IsHeuristicallyCacheable(status) && !directives.Has(ResponseFlags.Public)) return false;
        if (policy.HasValidator) return true;
        return !directives.Has(ResponseFlags.NoCache)
            && (policy.Lifetime.Length > TimeSpan.Zero || directives.StaleWhileRevalidate > 0 || directives.StaleIfError > 0);
    }
}
