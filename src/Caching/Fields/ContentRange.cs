namespace Net2Secure.Routing.Caching;

/// <summary>What part of a representation a 206 has (RFC 9110 §14.4).</summary>
/// <param name="First">The first position.</param>
/// <param name="Last">The last position.</param>
/// <param name="Complete">The length of the whole; -1: not known.</param>
internal readonly record struct ContentRange(long First, long Last, long Complete)
{
    /// <summary>How many bytes it says there are.</summary>
    public long Length => Last - First + 1;

    /// <summary>Reads <c>bytes a-b/n</c> or <c>bytes a-b/*</c>; anything else, the form of a 416 included, is none.</summary>
    public static bool TryRead(string? field, out ContentRange range)
    {
        range = default;
        var text = field.AsSpan().Trim(" \t");
        if (!text.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase)) return false;
        text = text[6..].Trim(' ');
        var dash = text.IndexOf('-');
        var slash = text.IndexOf('/');
        if (dash < 0 || slash < dash) return false;
        long complete = -1;
        if (!ByteRange.TryPosition(text[..dash], out var first) || !ByteRange.TryPosition(text[(dash + 1)..slash], out var last)) return false;
        if (!text[(slash + 1)..].SequenceEqual("*") && !ByteRange.TryPosition(text[(slash + 1)..], out complete)) return false;
        range = new ContentRange(first, last, complete);
        return first <= last && last < long.MaxValue && (complete < 0 || last < complete);
    }
}
