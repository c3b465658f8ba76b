using System.Collections.Frozen;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>A list of media types, some of them by patterns. Immutable; asked without allocating.</summary>
internal sealed class MediaTypeList
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly string[] _types;
    private readonly (string Type, string Suffix)[] _suffixes;
    private readonly bool _isAny;

    public MediaTypeList(IEnumerable<string> patterns)
    {
        var exact = new List<string>();
        var types = new List<string>();
        var suffixes = new List<(string, string)>();
        foreach (var pattern in patterns)
        {
            var slash = pattern.IndexOf('/', StringComparison.Ordinal);
            if (pattern == "*/*") _isAny = true;
            else if (pattern.EndsWith("/*", StringComparison.Ordinal)) types.Add(pattern[..^1]);
            else if (pattern.AsSpan(slash + 1).StartsWith("*+")) suffixes.Add((pattern[..(slash + 1)], pattern[(slash + 2)..]));
            else exact.Add(pattern);
        }

        _exact = exact.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _types = [.. types];
        _suffixes = [.. suffixes];
    }

    /// <summary>Whether a pattern is of one of the forms <c>type/subtype</c>, <c>type/*</c>, <c>type/*+suffix</c> and <c>*/*</c>.</summary>
    public static bool IsAllowed(string? pattern)
    {
        if (pattern is null) return false;
        if (pattern == "*/*") return true;
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !IsName(pattern[..slash])) return false;
        var subtype = pattern[(slash + 1)..];
        return subtype == "*" || (subtype.StartsWith("*+", StringComparison.Ordinal) ? IsName(subtype[2..]) : IsName(subtype));
    }

    /// <summary>Whether a media type, without parameters, is in the list.</summary>
    public bool Contains(ReadOnlySpan<char> mediaType)
    {
        if (_isAny || _exact.Contains(mediaType)) return true;
        foreach (var type in _types)
        {
            if (mediaType.StartsWith(type, StringComparison.OrdinalIgnoreCase)) return true;
        }

        foreach (var (type, suffix) in _suffixes)
        {
            if (mediaType.StartsWith(type, StringComparison.OrdinalIgnoreCase) && mediaType.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool IsName(string text) => TokenSyntax.IsToken(text) && !text.Contains('*', StringComparison.Ordinal);
}
