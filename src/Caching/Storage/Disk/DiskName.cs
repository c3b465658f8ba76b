using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>What the name of a file says of the response in it: enough to know it without opening it.</summary>
/// <param name="Uri">Hash of the URI.</param>
/// <param name="Key">Hash of partition and URI.</param>
/// <param name="Variant">Hash of the variant.</param>
/// <param name="Tags">Bits that each tag of the response has set, and maybe others.</param>
/// <param name="Sequence">When it was stored, as a number that only grows. No two files have the same.</param>
internal readonly record struct DiskName(ulong Uri, ulong Key, ulong Variant, ulong Tags, ulong Sequence)
{
    private const int Digits = 16;
    private const int Length = (5 * Digits) + 3;

    /// <summary>In which folder the file is.</summary>
    public int Folder => (int)(Uri >> 52);

    /// <summary>Whether a later one takes the place of the other.</summary>
    public bool IsSamePlace(in DiskName other) => Uri == other.Uri && Key == other.Key && Variant == other.Variant;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Uri:x16}{Key:x16}-{Variant:x16}-{Tags:x16}-{Sequence:x16}");

    public static bool TryParse(ReadOnlySpan<char> text, out DiskName name)
    {
        name = default;
        if (text.Length != Length || text[2 * Digits] != '-' || text[(3 * Digits) + 1] != '-' || text[(4 * Digits) + 2] != '-') return false;
        if (!TryRead(text, 0, out var uri) || !TryRead(text, Digits, out var key) || !TryRead(text, (2 * Digits) + 1, out var variant)) return false;
        if (!TryRead(text, (3 * Digits) + 2, out var tags) || !TryRead(text, (4 * Digits) + 3, out var sequence)) return false;
        name = new DiskName(uri, key, variant, tags, sequence);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<char> text, int start, out ulong value) =>
        ulong.TryParse(text.Slice(start, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
