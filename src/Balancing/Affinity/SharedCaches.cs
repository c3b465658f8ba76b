namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps what is meant for one client out of caches that serve many.</summary>
internal static class SharedCaches
{
    /// <summary>Forbids shared caches to store a field of a response.</summary>
    /// <remarks>
    /// A field such as <c>Set-Cookie</c> does not keep a response out of a cache (RFC 9111 §7.3). With <c>private</c> and its name a cache may store the rest (§5.2.2.7); one that does not know that form
    /// has to take it for <c>private</c> as a whole, which is safe too. Only the first answer to a client bears a key, so only that is lost to the cache.
    /// </remarks>
    public static void KeepOut(HttpResponseMessage response, string field)
    {
        if (response.Headers.NonValidated.TryGetValues("Cache-Control", out var lines))
        {
            foreach (var line in lines)
            {
                if (IsKeptOut(line)) return;
            }
        }

        response.Headers.TryAddWithoutValidation("Cache-Control", $"private=\"{field}\"");
    }

    private static bool IsKeptOut(string line)
    {
        foreach (var part in line.AsSpan().Split(','))
        {
            var directive = line.AsSpan()[part].Trim(" \t");
            if (directive.Equals("no-store", StringComparison.OrdinalIgnoreCase) || directive.Equals("private", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
