using System.Globalization;

namespace Net2Secure.Routing.Health;

/// <summary>A set of status codes, written as single codes and ranges.</summary>
internal sealed class StatusRanges
{
    /// <summary>The word for no code at all.</summary>
    public const string None = "none";

    private readonly List<(int First, int Last)> _ranges;

    private StatusRanges(List<(int First, int Last)> ranges) => _ranges = ranges;

    /// <summary>Whether a code is in the set.</summary>
    public bool Contains(int status)
    {
        foreach (var (first, last) in _ranges)
        {
            if (status >= first && status <= last) return true;
        }

        return false;
    }

    /// <summary>Reads a set that has been validated; an empty list stands for the default.</summary>
    public static StatusRanges Of(IList<string>? texts, int defaultFirst, int defaultLast)
    {
        if (texts is not { Count: > 0 }) return new([(defaultFirst, defaultLast)]);
        var ranges = new List<(int, int)>(texts.Count);
        foreach (var text in texts)
        {
            if (TryParse(text, out var range)) ranges.Add(range);
        }

        return new(ranges);
    }

    /// <summary>Reads a code of 200 to 599, or two with a dash between them.</summary>
    public static bool TryParse(string? text, out (int First, int Last) range)
    {
        range = default;
        if (text is null) return false;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? text.AsSpan() : text.AsSpan(0, dash);
        var last = dash < 0 ? first : text.AsSpan(dash + 1);
        if (!TryParse(first, out range.First) || !TryParse(last, out range.Last)) return false;
        return range.First <= range.Last;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out int code) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= 200 and <= 599;
}
