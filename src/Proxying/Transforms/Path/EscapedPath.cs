using System.Buffers;
using System.Globalization;
using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>A path as it stands in a URL (RFC 3986 §3.3): compared and made without ever changing the escapes of what is kept.</summary>
/// <remarks>The reading is that of routing: each escape is decoded once, but <c>%2F</c> is no separator.</remarks>
internal static class EscapedPath
{
    private const int EncodedSlash = 0x100;
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    /// <summary>Makes a path of what somebody wrote in a configuration: with a slash in front, what a URL cannot carry escaped, and valid escapes left as they are.</summary>
    public static string FromConfigured(string text)
    {
        var escaped = Escape(text, keepSlashes: true, keepEscapes: true);
        return escaped.StartsWith('/') ? escaped : "/" + escaped;
    }

    /// <summary>What is wrong with a configured path; <see langword="null"/> when nothing is.</summary>
    public static string? Problem(string text)
    {
        if (text.Length == 0) return "The path is empty. It begins with a slash.";
        if (text.Contains('?')) return $"'{text}' has a question mark, which ends a path. Write %3F for the character; the Query transforms make a query.";
        if (text.Contains('#')) return $"'{text}' has a '#', which is no part of a path. Write %23 for the character.";
        foreach (var character in text)
        {
            if (char.IsControl(character)) return $"The path has the control character U+{(int)character:X4}.";
        }
        return null;
    }

    /// <summary>Escapes decoded text: what a path segment cannot carry, and <c>%</c> itself.</summary>
    public static string Escape(string text, bool keepSlashes) => Escape(text, keepSlashes, keepEscapes: false);

    private static string Escape(string text, bool keepSlashes, bool keepEscapes)
    {
        if (!text.AsSpan().ContainsAnyExcept(PathCharacters) && (keepSlashes || !text.Contains('/'))) return text;
        var escaped = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var character = text[i];
            if (character == '/' ? keepSlashes : PathCharacters.Contains(character) || (keepEscapes && TryDecode(text, i, out _)))
            {
                escaped.Append(character);
                i++;
                continue;
            }
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            AppendEscaped(escaped, rune);
            i += length;
        }
        return escaped.ToString();
    }

    /// <summary>Appends a character as the escapes of its UTF-8 bytes.</summary>
    public static void AppendEscaped(StringBuilder target, Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = rune.EncodeToUtf8(bytes);
        for (var i = 0; i < count; i++) target.Append('%').Append(bytes[i].ToString("X2", CultureInfo.InvariantCulture));
    }

    /// <summary>The length of the front of <paramref name="escaped"/> that reads as <paramref name="decoded"/>; -1 when it does not.</summary>
    /// <remarks>What a server leaves escaped when it decodes (<c>%2F</c>, bytes that are no UTF-8) stands for itself.</remarks>
    public static int MatchFront(ReadOnlySpan<char> escaped, ReadOnlySpan<char> decoded, bool ignoreCase)
    {
        Span<byte> bytes = stackalloc byte[4];
        var at = 0;
        while (decoded.Length > 0)
        {
            if (Rune.DecodeFromUtf16(decoded, out var rune, out var length) != OperationStatus.Done) return -1;
            if (rune.IsAscii)
            {
                var unit = Next(escaped, ref at, out var start);
                if (Same(unit, rune.Value, ignoreCase))
                {
                    decoded = decoded[1..];
                    continue;
                }
                if (rune.Value != '%' || unit < 0 || decoded.Length < 3 || !decoded[..3].Equals(escaped[start..at], StringComparison.OrdinalIgnoreCase)) return -1;
                decoded = decoded[3..];
                continue;
            }
            var count = rune.EncodeToUtf8(bytes);
            for (var i = 0; i < count; i++)
            {
                if (Next(escaped, ref at, out _) != bytes[i]) return -1;
            }
            decoded = decoded[length..];
        }
        return at;
    }

    /// <summary>The length of the front of <paramref name="path"/> that has the segments of <paramref name="prefix"/>; -1 when it does not begin with them.</summary>
    /// <param name="path">An escaped path.</param>
    /// <param name="prefix">An escaped path without a slash at its end.</param>
    public static int MatchSegments(ReadOnlySpan<char> path, ReadOnlySpan<char> prefix)
    {
        int at = 0, wanted = 0;
        while (wanted < prefix.Length)
        {
            if (!Same(Next(path, ref at, out _), Next(prefix, ref wanted, out _), ignoreCase: true)) return -1;
        }
        return at == path.Length || path[at] == '/' ? at : -1;
    }

    private static bool Same(int unit, int wanted, bool ignoreCase)
        => unit == wanted || (ignoreCase && (unit | 0x20) == (wanted | 0x20) && (unit | 0x20) is >= 'a' and <= 'z');

    // The next byte: a character, or a whole escape. -1 at the end.
    private static int Next(ReadOnlySpan<char> text, ref int at, out int start)
    {
        start = at;
        if (at >= text.Length) return -1;
        if (TryDecode(text, at, out var value))
        {
            at += 3;
            return value == '/' ? EncodedSlash : value;
        }
        return text[at++];
    }

    private static int Hex(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool TryDecode(ReadOnlySpan<char> text, int at, out int value)
    {
        value = 0;
        if (text[at] != '%' || at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2])) return false;
        value = (Hex(text[at + 1]) << 4) | Hex(text[at + 2]);
        return true;
    }
}
