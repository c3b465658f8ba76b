using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads <c>Accept-Encoding</c> (RFC 9110 §12.5.3).</summary>
internal static class AcceptEncoding
{
    /// <summary>The name of the coding that is none.</summary>
    public const string Identity = "identity";

    private const int NotNamed = -1;
    private const int MostCodings = 8;

    /// <summary>Chooses the coding that the client likes best among those on offer; of several that it likes alike, the first of these. Allocates nothing.</summary>
    /// <param name="value">The value of the field, its lines joined by commas. Members that are malformed, and a coding named again, count for nothing.</param>
    /// <param name="codings">What is on offer, the preferred one first; what stands behind the eighth is not looked at. A client's <c>x-gzip</c> is gzip.</param>
    /// <returns>One of <paramref name="codings"/>, or <see langword="null"/>: none of them is acceptable, or none at all is what the client says it likes better.</returns>
    public static string? Choose(ReadOnlySpan<char> value, ReadOnlySpan<string> codings)
    {
        Span<int> weights = stackalloc int[MostCodings];
        codings = codings[..Math.Min(codings.Length, MostCodings)];
        weights.Fill(NotNamed);
        var (others, none) = (NotNamed, NotNamed);
        var members = new ListReader(value);
        while (members.MoveNext())
        {
            if (!TryReadMember(members.Current, out var name, out var weight)) continue;
            if (name.SequenceEqual("*")) Keep(ref others, weight);
            else if (name.Equals(Identity, StringComparison.OrdinalIgnoreCase)) Keep(ref none, weight);
            else if (IndexOf(codings, name) is var index and >= 0) Keep(ref weights[index], weight);
        }

        string? chosen = null;
        // A coding that is named is liked better than none, which is merely acceptable, unless none is named too.
        var best = Math.Max(0, none);
        for (var i = 0; i < codings.Length; i++)
        {
            var weight = weights[i] == NotNamed ? others : weights[i];
            if (weight <= 0 || weight < best || (weight == best && chosen is not null)) continue;
            (best, chosen) = (weight, codings[i]);
        }

        return chosen;
    }

    private static void Keep(ref int weight, int found)
    {
        if (weight == NotNamed) weight = found;
    }

    private static int IndexOf(ReadOnlySpan<string> codings, ReadOnlySpan<char> name)
    {
        // RFC 9110 §8.4.1.3.
        if (name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase)) name = ContentCodingNames.Gzip;
        for (var i = 0; i < codings.Length; i++)
        {
            if (name.Equals(codings[i], StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    /// <summary>Reads a coding with its weight, in thousandths.</summary>
    private static bool TryReadMember(ReadOnlySpan<char> member, out ReadOnlySpan<char> name, out int weight)
    {
        weight = 1000;
        var semicolon = member.IndexOf(';');
        name = semicolon < 0 ? member : member[..semicolon].TrimEnd(" \t");
        if (semicolon < 0) return true;
        var parameter = member[(semicolon + 1)..].Trim(" \t");
        return parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && TryReadWeight(parameter[2..], out weight);
    }

    /// <summary>Reads a weight (RFC 9110 §12.4.2): 0 to 1, with up to three digits behind the point.</summary>
    private static bool TryReadWeight(ReadOnlySpan<char> text, out int weight)
    {
        weight = 0;
        if (text.Length is 0 or > 5 || text[0] is not ('0' or '1') || (text.Length > 1 && text[1] != '.')) return false;
        weight = (text[0] - '0') * 1000;
        for (var (i, unit) = (2, 100); i < text.Length; i++, unit /= 10)
        {
            if (!char.IsAsciiDigit(text[i])) return false;
            weight += (text[i] - '0') * unit;
        }

        return weight <= 1000;
    }
}
