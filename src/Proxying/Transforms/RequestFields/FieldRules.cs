using System.Buffers;
using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>What names and values of fields may be, and which fields are the proxy's own business (RFC 9110 §5, §7.6.1).</summary>
internal static class FieldRules
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> LineBreakers = SearchValues.Create("\r\n\0");

    // Fields that HttpContent keeps, not HttpRequestMessage or HttpResponseMessage.
    private static readonly FrozenSet<string> ContentFields = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-MD5", "Content-Range",
        "Content-Type", "Expires", "Last-Modified");

    private static readonly FrozenSet<string> ConnectionFields = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "HTTP2-Settings");

    // Framing, routing, authentication and controls have no place behind a body (RFC 9110 §6.5.1).
    private static readonly FrozenSet<string> NoTrailers = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Content-Length", "Content-Encoding", "Content-Type",
        "Content-Range", "Host", "Trailer", "TE", "Cache-Control", "Expires", "Date", "Location", "Vary", "Age", "Set-Cookie", "Authorization",
        "WWW-Authenticate", "Proxy-Authenticate", "Proxy-Authorization");

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    public static bool IsContentField(string name) => ContentFields.Contains(name);

    /// <summary>Whether a field belongs to one connection, so that copying it would be wrong even if somebody allowed it.</summary>
    public static bool IsConnectionField(string name) => ConnectionFields.Contains(name);

    public static bool IsForbiddenTrailer(string name) => NoTrailers.Contains(name);

    /// <summary>Whether <paramref name="name"/> is listed in a <c>Connection</c> field (RFC 9110 §7.6.1).</summary>
    public static bool IsNominated(StringValues connection, string name)
    {
        for (var i = 0; i < connection.Count; i++)
        {
            var rest = connection[i].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.IndexOf(',');
                var option = comma < 0 ? rest : rest[..comma];
                if (option.Trim(" \t").Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
                rest = comma < 0 ? default : rest[(comma + 1)..];
            }
        }
        return false;
    }

    /// <summary>Replaces by blanks what would end a line or a value (RFC 9110 §5.5), so that no value of a request can add a field.</summary>
    public static string OneLine(string value)
        => value.AsSpan().ContainsAny(LineBreakers) ? value.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ') : value;

    /// <summary>What is wrong with a configured name; <see langword="null"/> when nothing is.</summary>
    public static string? NameProblem(string name)
        => IsToken(name) ? null : $"'{name}' is no field name: letters, digits and !#$%&'*+-.^_`|~, at least one (RFC 9110 §5.1).";

    /// <summary>What is wrong with the name of a field to be set; <see langword="null"/> when nothing is.</summary>
    public static string? SetNameProblem(string name)
    {
        if (NameProblem(name) is { } problem) return problem;
        return IsConnectionField(name) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Trailer", StringComparison.OrdinalIgnoreCase)
            ? $"{name} frames the message or belongs to the connection; the proxy makes it itself."
            : null;
    }

    /// <summary>What is wrong with a name in a list of allowed ones; <see langword="null"/> when nothing is.</summary>
    public static string? AllowedNameProblem(string name)
    {
        if (NameProblem(name) is { } problem) return problem;
        return IsConnectionField(name) ? $"{name} belongs to the connection and is never copied; leave it out. Upgrades work without it." : null;
    }

    /// <summary>What is wrong with a trailer's name; <see langword="null"/> when nothing is.</summary>
    public static string? TrailerNameProblem(string name)
        => NameProblem(name) ?? (IsForbiddenTrailer(name) ? $"{name} is not allowed as a trailer (RFC 9110 §6.5.1)." : null);

    /// <summary>What is wrong with a configured value; <see langword="null"/> when nothing is.</summary>
    public static string? ValueProblem(string value)
    {
        foreach (var character in value)
        {
            if (character is (< ' ' and not '\t') or '\x7f') return $"The value has the control character U+{(int)character:X4}, which no field can carry (RFC 9110 §5.5).";
            if (character > '\xff') return $"The value has the character '{character}' (U+{(int)character:X4}); a field carries U+0020 to U+00FF. Encode it.";
        }
        return null;
    }

    /// <summary>Splits a list of names at semicolons.</summary>
    public static string[] SplitNames(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
