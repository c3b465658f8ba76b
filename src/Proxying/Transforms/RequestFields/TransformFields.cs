using System.Buffers;
using System.Collections.Frozen;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>What names and values of fields may be, and which fields are the proxy's own business (RFC 9110 §5, §7.6.1).</summary>
internal static class TransformFields
{
    private static readonly SearchValues<char> LineBreakers = SearchValues.Create("\r\n\0");

    // Fields that HttpContent keeps, not HttpRequestMessage or HttpResponseMessage.
    private static readonly FrozenSet<string> ContentFields = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-MD5", "Content-Range",
        "Content-Type", "Expires", "Last-Modified");

    public static bool IsContentField(string name) => ContentFields.Contains(name);

    /// <summary>Replaces by blanks what would end a line or a value (RFC 9110 §5.5), so that no value of a request can add a field.</summary>
    public static string OneLine(string value)
        => value.AsSpan().ContainsAny(LineBreakers) ? value.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ') : value;

    /// <summary>What is wrong with a configured name; <see langword="null"/> when nothing is.</summary>
    public static string? NameProblem(string name)
        => TokenSyntax.IsToken(name) ? null : $"'{name}' is no field name: letters, digits and !#$%&'*+-.^_`|~, at least one (RFC 9110 §5.1).";

    /// <summary>What is wrong with the name of a field to be set; <see langword="null"/> when nothing is.</summary>
    public static string? SetNameProblem(string name)
    {
        if (NameProblem(name) is { } problem) return problem;
        var isOwn = (HopByHopFields.IsHopByHop(name) && !IsTe(name))
            || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Trailer", StringComparison.OrdinalIgnoreCase);
        return isOwn ? $"{name} frames the message or belongs to the connection; the proxy makes it itself." : null;
    }

    /// <summary>What is wrong with a name in a list of allowed ones; <see langword="null"/> when nothing is.</summary>
    public static string? AllowedNameProblem(string name)
    {
        if (NameProblem(name) is { } problem) return problem;
        return HopByHopFields.IsHopByHop(name) && !IsTe(name) ? $"{name} belongs to the connection and is never copied; leave it out. Upgrades work without it." : null;
    }

    /// <summary>What is wrong with a trailer's name; <see langword="null"/> when nothing is.</summary>
    public static string? TrailerNameProblem(string name)
        => NameProblem(name) ?? (TrailerFields.IsForbidden(name) ? $"{name} is not allowed as a trailer (RFC 9110 §6.5.1)." : null);

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

    /// <summary>Throws for an argument with which something is wrong.</summary>
    public static void ThrowFor(string? problem, string parameter)
    {
        if (problem is not null) throw new ArgumentException(problem, parameter);
    }

    // TE is a field of the connection too, but trailers, the one thing that a proxy can promise, may be asked for.
    private static bool IsTe(string name) => name.Equals("TE", StringComparison.OrdinalIgnoreCase);

    /// <summary>Splits a list of names at semicolons.</summary>
    public static string[] SplitNames(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
