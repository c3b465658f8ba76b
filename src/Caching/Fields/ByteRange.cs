namespace Net2Secure.Routing.Caching;

/// <summary>What a <c>Range</c> field asks for (RFC 9110 §14.2).</summary>
internal enum RangeKind
{
    /// <summary>Nothing that has to be honoured: there is no field, it is malformed, or its unit is not known. The request is for the whole.</summary>
    None,

    /// <summary>One range of bytes.</summary>
    Single,

    /// <summary>Several.</summary>
    Multiple,
}

/// <summary>The one range that a request asks for: <c>a-b</c>, <c>a-</c> or <c>-n</c>.</summary>
internal readonly record struct ByteRange
{
    /// <summary>The first position; -1: the range counts from the end.</summary>
    public long First { get; private init; }

    /// <summary>The last position; for a range that counts from the end its length; -1: to the end.</summary>
    public long Last { get; private init; }

    /// <summary>Reads a <c>Range</c> field.</summary>
    public static RangeKind Read(string? field, out ByteRange range)
    {
        range = default;
        var text = field.AsSpan().Trim(" \t");
        if (!text.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) return RangeKind.None;
        var count = 0;
        var specs = new ListReader(text[6..]);
        while (specs.MoveNext())
        {
            if (!TryReadSpec(specs.Current, out var spec)) return RangeKind.None;
            if (count++ == 0) range = spec;
        }

        return count switch { 0 => RangeKind.None, 1 => RangeKind.Single, _ => RangeKind.Multiple };
    }

    /// <summary>Resolves the range for a representation of known length.</summary>
    /// <returns><see langword="false"/>: the range is not satisfiable (RFC 9110 §14.1.2).</returns>
    public bool TryResolve(long length, out long first, out long last)
    {
        first = First >= 0 ? First : Math.Max(0, length - Last);
        last = First >= 0 && Last >= 0 ? Math.Min(Last, length - 1) : length - 1;
        return first < length && (First >= 0 || Last > 0);
    }

    private static bool TryReadSpec(ReadOnlySpan<char> text, out ByteRange range)
    {
        range = default;
        var dash = text.IndexOf('-');
        if (dash < 0) return false;
        var (hasFirst, hasLast) = (dash > 0, dash < text.Length - 1);
        long first = -1, last = -1;
        if ((!hasFirst && !hasLast) || (hasFirst && !TryPosition(text[..dash], out first)) || (hasLast && !TryPosition(text[(dash + 1)..], out last))) return false;
        range = new ByteRange { First = first, Last = last };
        return !hasFirst || !hasLast || first <= last;
    }

    internal static bool TryPosition(ReadOnlySpan<char> text, out long position)
    {
        position = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            position = position > (long.MaxValue - 9) / 10 ? long.MaxValue : (position * 10) + (c - '0');
        }

        return text.Length > 0;
    }
}
