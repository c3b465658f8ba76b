namespace Net2Secure.Routing.Caching;

/// <summary>Chooses the stored response that answers a request, if it may be used at all (RFC 9111 §4).</summary>
internal static class SelectionRule
{
    /// <summary>Of those that match the most recent one (RFC 9111 §4, §4.1): by its <c>Date</c>, and by when it came where the dates are the same.</summary>
    /// <param name="found">What is stored for the key.</param>
    /// <param name="request">The fields of the request.</param>
    /// <param name="hasCredentials">The request has <c>Authorization</c>: only what says that it may is used for it (RFC 9111 §3.5).</param>
    public static CachedResponse? Choose(IReadOnlyList<CachedResponse> found, in FieldView request, bool hasCredentials)
    {
        CachedResponse? chosen = null;
        for (var i = 0; i < found.Count; i++)
        {
            var head = found[i].Head;
            if (hasCredentials && !StoringRule.AllowsCredentials(head.Policy.Directives)) continue;
            if (!VarianceRule.Matches(head, request)) continue;
            if (chosen is null || IsLater(head, chosen.Head)) chosen = found[i];
        }

        return chosen;
    }

    private static bool IsLater(CachedHead one, CachedHead other)
    {
        var dates = one.Policy.Date.CompareTo(other.Policy.Date);
        return dates > 0 || (dates == 0 && one.ResponseTime > other.ResponseTime);
    }
}
