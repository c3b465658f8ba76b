namespace Net2Secure.Routing.Proxying;

/// <summary>Reads comma-separated lists of tokens (RFC 9110 §5.6.1).</summary>
internal static class FieldTokens
{
    /// <summary>Whether a list has a member, by its letters in any case; empty members are passed over.</summary>
    public static bool Contains(ReadOnlySpan<char> list, ReadOnlySpan<char> token)
    {
        while (!list.IsEmpty)
        {
            var comma = list.IndexOf(',');
            var member = comma < 0 ? list : list[..comma];
            if (member.Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase)) return true;
            list = comma < 0 ? default : list[(comma + 1)..];
        }

        return false;
    }

    /// <summary>Whether one of the members of <paramref name="list"/> stands in <paramref name="others"/> as well.</summary>
    public static bool HaveCommon(ReadOnlySpan<char> list, ReadOnlySpan<char> others)
    {
        while (!list.IsEmpty)
        {
            var comma = list.IndexOf(',');
            var member = (comma < 0 ? list : list[..comma]).Trim(" \t");
            if (!member.IsEmpty && Contains(others, member)) return true;
            list = comma < 0 ? default : list[(comma + 1)..];
        }

        return false;
    }
}
