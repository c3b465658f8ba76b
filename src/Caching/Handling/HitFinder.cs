namespace Net2Secure.Routing.Caching;

/// <summary>Finds the plainest and most frequent of answers: a fresh response that lies in memory, whole, for a request that asks for no more than that. By the same rules as all others, and without making anything for it.</summary>
internal static class HitFinder
{
    /// <summary>Looks for a hit.</summary>
    /// <param name="engine">The cache.</param>
    /// <param name="key">The key of the request.</param>
    /// <param name="request">The fields of a GET or HEAD without a body, as they came. A response that was chosen by one of <paramref name="changed"/> is not found.</param>
    /// <param name="changed">Tells the fields that are other ones by the time the origin sees them.</param>
    /// <param name="now">The time.</param>
    /// <param name="hit">What answers the request.</param>
    /// <returns><see langword="false"/>: it takes more than this to answer it, which says nothing of what is stored.</returns>
    public static bool TryFind(CachingEngine engine, CacheKey key, in FieldView request, Func<string, bool> changed, DateTimeOffset now, out Hit hit)
    {
        hit = default;
        if (engine.Store.Adopting is not { } memory || request.Contains(FieldNames.Range) || ConditionalRule.IsForOrigin(request) || request.Contains("Upgrade")) return false;
        var directives = engine.Options.IgnoreRequestDirectives ? RequestDirectives.None : RequestDirectives.Read(request);
        if (directives.NoStore || !engine.Store.IsUsable(key)) return false;
        var found = memory.FindNow(key);
        if (found.Count == 0 || SelectionRule.Choose(found, request, request.Contains(FieldNames.Authorization)) is not { } stored) return false;
        var head = stored.Head;
        if (head.Policy.Range is not null || ReuseRule.Decide(head.Policy, directives, now) != Reuse.Fresh || IsChosenBy(head, changed)) return false;
        var isNotModified = ConditionalRule.HasConditions(request) && ConditionalRule.IsNotModified(request, head);
        hit = new Hit(stored, isNotModified);
        return true;
    }

    private static bool IsChosenBy(CachedHead head, Func<string, bool> changed)
    {
        for (var i = 0; i < head.SelectingFields.Count; i++)
        {
            if (changed(head.SelectingFields[i].Name)) return true;
        }

        return false;
    }
}
