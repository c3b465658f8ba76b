using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>A condition on a header field, ready to be asked.</summary>
internal sealed class HeaderCondition(RouteHeaderOptions options)
{
    private readonly string[] _values = [.. options.Values];
    private readonly HeaderMatchMode _mode = options.Mode;
    private readonly StringComparison _comparison = options.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
    private readonly char _separator = options.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? ';' : ',';

    public string Name { get; } = options.Name;

    /// <param name="present">Whether the request has the field.</param>
    /// <param name="lines">Its lines.</param>
    public bool Holds(bool present, StringValues lines)
    {
        if (_mode == HeaderMatchMode.NotExists) return !present;
        if (StringValues.IsNullOrEmpty(lines)) return false;
        return _mode switch
        {
            HeaderMatchMode.Exists => true,
            HeaderMatchMode.Contains => AnyContains(lines),
            HeaderMatchMode.NotContains => !AnyContains(lines),
            _ => AnyEqualsOrBegins(lines),
        };
    }

    private bool AnyContains(StringValues lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            foreach (var value in _values)
            {
                if (lines[i]?.Contains(value, _comparison) == true) return true;
            }
        }
        return false;
    }

    private bool AnyEqualsOrBegins(StringValues lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            // The whole line first: fields such as User-Agent and Date have commas that separate nothing.
            var rest = lines[i].AsSpan();
            if (rest.IsEmpty) continue;
            if (Matches(rest)) return true;
            while (!rest.IsEmpty)
            {
                var length = MemberLength(rest);
                if (Matches(Unquoted(rest[..length].Trim(" \t")))) return true;
                rest = length == rest.Length ? default : rest[(length + 1)..];
            }
        }
        return false;
    }

    private bool Matches(ReadOnlySpan<char> text)
    {
        foreach (var value in _values)
        {
            if (_mode == HeaderMatchMode.ExactHeader ? text.Equals(value, _comparison) : text.StartsWith(value, _comparison)) return true;
        }
        return false;
    }

    // Up to the next separator that is not inside quotes (RFC 9110 §5.6.4); an unclosed quote runs to the end.
    private int MemberLength(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            else if (quoted && text[i] == '\\') i++;
            else if (!quoted && text[i] == _separator) return i;
        }
        return text.Length;
    }

    private static ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> text) => text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
}

/// <summary>The conditions of a route on header fields, as metadata of its endpoint.</summary>
internal sealed record HeaderConditions(HeaderCondition[] Conditions);
