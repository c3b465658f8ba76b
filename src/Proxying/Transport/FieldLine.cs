using System.Buffers;
using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads one field line of a response, strictly (RFC 9112 §5).</summary>
internal static class FieldLine
{
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>Splits a line into name and value, without the blanks around either: a proxy removes blanks before the colon of a response field (RFC 9112 §5.1).</summary>
    public static void Split(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0) throw TransportErrors.Protocol("a field line has no colon");
        name = line[..colon].TrimEnd(" \t"u8);
        if (name.IsEmpty || name.ContainsAnyExcept(TokenBytes)) throw TransportErrors.Protocol("a field name is empty or not a token");
        value = line[(colon + 1)..].Trim(" \t"u8);
    }

    /// <summary>Whether there are control characters other than tab.</summary>
    public static bool HasControls(ReadOnlySpan<byte> line) => line.ContainsAny(Controls);

    /// <summary>A value as a string of the same characters; control characters but tab become blanks, save NUL, CR and LF, which are refused (RFC 9110 §5.5).</summary>
    public static string Value(ReadOnlySpan<byte> value)
    {
        if (!value.ContainsAny(Controls)) return Encoding.Latin1.GetString(value);
        if (value.ContainsAny((byte)0, (byte)'\r', (byte)'\n')) throw TransportErrors.Protocol("a field value has NUL, CR or LF");
        return Cleaned(value);
    }

    /// <summary>A reason phrase without control characters (RFC 9112 §4).</summary>
    public static string Reason(ReadOnlySpan<byte> reason) => reason.ContainsAny(Controls) ? Cleaned(reason) : Encoding.Latin1.GetString(reason);

    private static string Cleaned(ReadOnlySpan<byte> text) => string.Create(text.Length, text, static (chars, source) =>
    {
        for (var i = 0; i < chars.Length; i++) chars[i] = Controls.Contains(source[i]) ? ' ' : (char)source[i];
    });
}
