using System.Globalization;
using System.Text;

namespace Net2Secure.Routing.Caching;

/// <summary>What an <c>Accept-Language</c> asks for (RFC 9110 §12.5.4), so that two that mean the same can be told to be the same.</summary>
internal static class LanguagePreference
{
    /// <summary>How many ranges are read; a longer list is taken as it stands.</summary>
    private const int MaxRanges = 64;

    private const int FullWeight = 1000;

    /// <summary>A form in which lists that mean the same are alike: lower case, by weight, and by name where weights are equal. What cannot be read stays as it is.</summary>
    public static string Canonical(string field)
    {
        var ranges = new List<(string Tag, int Weight)>();
        var list = new ListReader(field);
        while (list.MoveNext())
        {
            if (ranges.Count >= MaxRanges || !TryReadRange(list.Current, out var tag, out var weight)) return field;
            ranges.Add((tag.ToString().ToLowerInvariant(), weight));
        }

        ranges.Sort(static (one, other) => one.Weight != other.Weight ? other.Weight.CompareTo(one.Weight) : string.CompareOrdinal(one.Tag, other.Tag));
        var canonical = new StringBuilder();
        foreach (var (tag, weight) in ranges)
        {
            if (canonical.Length > 0) canonical.Append(',');
            canonical.Append(tag);
            if (weight != FullWeight) canonical.Append(CultureInfo.InvariantCulture, $";{weight}");
        }

        return canonical.ToString();
    }

    /// <summary>The language asked for first: of those with the highest weight the one that stands first. Empty when the list names none, or is not in order.</summary>
    public static ReadOnlySpan<char> First(ReadOnlySpan<char> field)
    {
        ReadOnlySpan<char> first = default;
        var highest = 0;
        var list = new ListReader(field);
        while (list.MoveNext())
        {
            if (!TryReadRange(list.Current, out var tag, out var weight)) return default;
            if (weight <= highest) continue;
            first = tag;
            highest = weight;
        }

        return first.SequenceEqual("*") ? default : first;
    }

    private static bool TryReadRange(ReadOnlySpan<char> text, out ReadOnlySpan<char> tag, out int weight)
    {
        weight = FullWeight;
        var semicolon = text.IndexOf(';');
        tag = semicolon < 0 ? text : text[..semicolon].TrimEnd(" \t");
        foreach (var c in tag)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '*')) return false;
        }

        if (semicolon < 0) return !tag.IsEmpty;
        var parameter = text[(semicolon + 1)..].TrimStart(" \t");
        return !tag.IsEmpty && parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && TryReadWeight(parameter[2..], out weight);
    }

    // 0, 1, and up to three digits behind the point (RFC 9110 §12.4.2).
    private static bool TryReadWeight(ReadOnlySpan<char> text, out int weight)
    {
        weight = 0;
        if (text.IsEmpty || text.Length > 5 || text[0] is not ('0' or '1') || (text.Length > 1 && text[1] != '.')) return false;
        weight = (text[0] - '0') * FullWeight;
        var unit = FullWeight / 10;
        foreach (var c in text.Length > 2 ? text[2..] : default)
        {
            if (!char.IsAsciiDigit(c)) return false;
            weight += (c - '0') * unit;
            unit /= 10;
        }

        return weight <= FullWeight;
    }
}
