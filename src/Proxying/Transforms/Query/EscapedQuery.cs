using System.Buffers;
using System.Net;
using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>A query as it stands in a URL, read as <c>name=value</c> pairs between ampersands; pairs that nobody asked about keep every byte and their place.</summary>
internal static class EscapedQuery
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@,");

    // Legal in a query, and what a path segment may bring along: kept where it means the same on both sides.
    private static readonly SearchValues<char> PlainOrEscaped = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@,%!$*()");

    /// <summary>Escapes a name or a value.</summary>
    public static string Escape(string text) => Escape(text, Plain);

    /// <summary>Makes a value of escaped text of a path: what is special in a query alone is escaped, escapes stay.</summary>
    public static string FromPath(string escapedPath) => Escape(escapedPath, PlainOrEscaped);

    /// <summary>Appends a pair.</summary>
    public static string Append(string query, string pair)
        => query.Length <= 1 ? "?" + pair : query.EndsWith('&') ? query + pair : $"{query}&{pair}";

    /// <summary>Removes each pair of that name.</summary>
    public static string Remove(string query, string name) => Replace(query, name, replacement: null);

    /// <summary>Puts <paramref name="pair"/> in the place of the first of that name and removes further ones; without any, appends it.</summary>
    public static string Set(string query, string name, string pair)
    {
        var replaced = Replace(query, name, pair);
        return ReferenceEquals(replaced, query) ? Append(query, pair) : replaced;
    }

    // The same instance when there is no pair of that name.
    private static string Replace(string query, string name, string? replacement)
    {
        if (query.Length <= 1) return query;
        var text = query.AsSpan(1);
        StringBuilder? kept = null;
        var first = true;
        for (var start = 0; start <= text.Length;)
        {
            var end = text[start..].IndexOf('&');
            end = end < 0 ? text.Length : start + end;
            var pair = text[start..end];
            if (HasName(pair, name))
            {
                if (kept is null)
                {
                    kept = new StringBuilder(query.Length + 32).Append(query, 0, Math.Max(1, start));
                    first = start == 0;
                }
                if (replacement is not null) Add(kept, replacement, ref first);
                replacement = null;
            }
            else if (kept is not null)
            {
                Add(kept, pair, ref first);
            }
            start = end + 1;
        }
        if (kept is null) return query;
        return kept.Length == 1 ? "" : kept.ToString();
    }

    private static void Add(StringBuilder kept, ReadOnlySpan<char> pair, ref bool first)
    {
        if (!first) kept.Append('&');
        first = false;
        kept.Append(pair);
    }

    private static bool HasName(ReadOnlySpan<char> pair, string name)
    {
        var equals = pair.IndexOf('=');
        if (equals >= 0) pair = pair[..equals];
        if (!pair.ContainsAny('%', '+')) return pair.Equals(name, StringComparison.OrdinalIgnoreCase);
        return WebUtility.UrlDecode(pair.ToString()).Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static string Escape(string text, SearchValues<char> allowed)
    {
        if (!text.AsSpan().ContainsAnyExcept(allowed)) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && allowed.Contains((char)rune.Value)) escaped.Append((char)rune.Value);
            else EscapedPath.AppendEscaped(escaped, rune);
        }
        return escaped.ToString();
    }
}
