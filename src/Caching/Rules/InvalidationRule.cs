namespace Net2Secure.Routing.Caching;

/// <summary>Decides what an unsafe request makes invalid (RFC 9111 §4.4).</summary>
internal static class InvalidationRule
{
    /// <summary>Whether a request of this method may have changed something. A method that is not known may.</summary>
    public static bool IsUnsafe(HttpMethod method) => !MethodRule.IsSafe(method);

    /// <summary>Whether it has, as far as its answer says.</summary>
    public static bool Succeeded(int status) => status is >= 200 and < 400;

    /// <summary>The URI that a field of the answer names, if it is of the same origin as the one asked for; the server of one cannot speak for another.</summary>
    public static bool TryResolve(Uri target, string? reference, out Uri resolved)
    {
        resolved = target;
        if (reference is null || !Uri.TryCreate(target, reference, out var uri)) return false;
        resolved = uri;
        return uri.Scheme == target.Scheme && uri.Port == target.Port && uri.IdnHost.Equals(target.IdnHost, StringComparison.OrdinalIgnoreCase);
    }
}
