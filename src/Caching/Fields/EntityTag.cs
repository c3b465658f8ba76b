namespace Net2Secure.Routing.Caching;

/// <summary>Entity tags and lists of them (RFC 9110 §8.8.3, §13.1.2). A malformed tag is compared as it stands, whole.</summary>
internal static class EntityTag
{
    /// <summary>Whether a tag says that two representations with it are the same octet for octet: it is well formed and has no <c>W/</c> before it.</summary>
    public static bool IsStrong(ReadOnlySpan<char> tag) => tag.Length >= 2 && tag[0] == '"' && tag[^1] == '"';

    /// <summary>The strong comparison (RFC 9110 §8.8.3.2): both are strong, and alike.</summary>
    public static bool AreStronglyEqual(ReadOnlySpan<char> one, ReadOnlySpan<char> other) => IsStrong(one) && one.SequenceEqual(other);

    /// <summary>The weak comparison (RFC 9110 §8.8.3.2): alike but for <c>W/</c>.</summary>
    public static bool AreWeaklyEqual(ReadOnlySpan<char> one, ReadOnlySpan<char> other) => WithoutWeakness(one).SequenceEqual(WithoutWeakness(other));

    /// <summary>Whether a list as in <c>If-None-Match</c> has a tag, by the weak comparison, or is <c>*</c>, which matches whatever there is.</summary>
    public static bool IsListed(ReadOnlySpan<char> list, ReadOnlySpan<char> tag)
    {
        if (list.Trim(" \t").SequenceEqual("*")) return true;
        if (tag.IsEmpty) return false;
        var tags = new ListReader(list, escapes: false);
        while (tags.MoveNext())
        {
            if (AreWeaklyEqual(tags.Current, tag)) return true;
        }

        return false;
    }

    private static ReadOnlySpan<char> WithoutWeakness(ReadOnlySpan<char> tag) => tag.StartsWith("W/\"") ? tag[2..] : tag;
}
