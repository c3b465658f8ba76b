namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Takes <c>.</c> and <c>..</c> out of a path (RFC 3986 §5.2.4), as the server does for routing, and touches nothing else.</summary>
internal static class DotSegments
{
    /// <summary>Resolves them. A path that would leave the root stays in it.</summary>
    /// <param name="path">A path that begins with a slash; escaped or decoded, since only dots as they stand count.</param>
    public static string Remove(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal)) return path;
        var kept = new char[path.Length];
        var length = 0;
        for (var start = 0; start < path.Length;)
        {
            var next = path.IndexOf('/', start + 1);
            var isLast = next < 0;
            if (isLast) next = path.Length;
            var segment = path.AsSpan(start + 1, next - start - 1);
            if (segment is "..") length = Math.Max(0, kept.AsSpan(0, length).LastIndexOf('/'));
            if (segment is not ("." or ".."))
            {
                path.AsSpan(start, next - start).CopyTo(kept.AsSpan(length));
                length += next - start;
            }
            else if (isLast)
            {
                kept[length++] = '/';
            }

            start = next;
        }

        return new string(kept, 0, length);
    }
}
