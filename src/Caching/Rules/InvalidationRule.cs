namespace Net2Secure.Routing.Caching;

/// <summary>Decides what an unsafe request makes invalid (RFC 9111 §4.4).</summary>
internal static class InvalidationRule
{
    /// <summary>Whether a request of this method may have changed something. A method that is not known may.</summary>
    public static bool IsUnsafe(HttpMethod method) => !MethodRule.IsSafe(method);

    /// <summary>Whether it has, as far as its answer says.</summary>
    public static bool Succeeded(int status) => status is >= 200 and < 400;

    /// <summary>What a field of the answer names, if it is of the same origin as the URI asked for; the server of one cannot speak for another.</summary>
    /// <returns>None, or the URI as it is normalised, and as it is written where that is another one: keys are URIs as clients have written them.</returns>
    public static string[] Resolve(Uri target, string? reference)
    {
        if (reference is null || !Uri.TryCreate(target, reference, out var uri)) return [];
        if (uri.Scheme != target.Scheme || uri.Port != target.Port || !uri.IdnHost.Equals(target.IdnHost, StringComparison.OrdinalIgnoreCase)) return [];
        var normal = KeyRule.For(uri);
        var path = PathOf(reference);
        if (path.IsEmpty) return [normal];
        var written = $"{uri.Scheme}://{uri.Authority}{path}";
        return written == normal ? [normal] : [normal, written];
    }

    /// <summary>Path and query as they are written; empty: they are relative to a path, or there is none.</summary>
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> reference)
    {
        var fragment = reference.IndexOf('#');
        if (fragment >= 0) reference = reference[..fragment];
        // An authority begins behind the first two slashes, unless something else has begun before them.
        var slash = reference.IndexOfAny('/', '?');
        if (slash < 0 || reference[slash] == '?') return [];
        var hasAuthority = slash + 1 < reference.Length && reference[slash + 1] == '/' && (slash == 0 || reference[slash - 1] == ':');
        if (!hasAuthority) return slash == 0 ? reference : [];
        var rest = reference[(slash + 2)..];
        var path = rest.IndexOf('/');
        return path < 0 || rest[..path].Contains('?') ? [] : rest[path..];
    }
}
