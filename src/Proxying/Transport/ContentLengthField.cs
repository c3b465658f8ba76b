namespace Net2Secure.Routing.Proxying;

/// <summary>Reads <c>Content-Length</c> (RFC 9110 §8.6).</summary>
internal static class ContentLengthField
{
    /// <summary>Reads a value, or a list of equal values: 1 to 19 digits each and nothing else.</summary>
    /// <param name="value">The field value.</param>
    /// <param name="known">What an earlier line said; -1: nothing.</param>
    /// <exception cref="Balancing.AttemptException">It is not a length, or not the same as <paramref name="known"/>.</exception>
    public static long Read(ReadOnlySpan<char> value, long known)
    {
        while (true)
        {
            var comma = value.IndexOf(',');
            var length = Digits((comma < 0 ? value : value[..comma]).Trim(" \t"));
            if (length < 0) throw TransportErrors.Protocol("its Content-Length is not a number");
            if (known >= 0 && known != length) throw TransportErrors.Protocol("it has Content-Length values that differ");
            known = length;
            if (comma < 0) return known;
            value = value[(comma + 1)..];
        }
    }

    private static long Digits(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 19) return -1;
        ulong number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return -1;
            number = (number * 10) + (uint)(c - '0');
        }

        return number > long.MaxValue ? -1 : (long)number;
    }
}
