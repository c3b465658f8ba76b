namespace Net2Secure.Routing.Caching;

/// <summary>Reads a structured field that is a dictionary (RFC 9651 §4.2.2), strictly: one mistake anywhere, and there is no field. Never throws.</summary>
internal static class StructuredDictionary
{
    /// <summary>How many members are read; a field with more is refused. RFC 9651 §3.2 asks for 1024 at least.</summary>
    public const int MaxMembers = 1024;

    /// <summary>Reads a dictionary. Of a key that stands there twice the last value counts.</summary>
    /// <returns><see langword="null"/> when the field does not parse.</returns>
    public static List<StructuredMember>? TryParse(ReadOnlySpan<char> text)
    {
        var members = new List<StructuredMember>();
        var reader = new StructuredItemReader(text.TrimStart(' '));
        while (!reader.IsAtEnd)
        {
            if (members.Count >= MaxMembers || !reader.TryReadKey(out var key)) return null;
            var (type, number) = (StructuredType.Boolean, 1L);
            if (reader.TryTake('='))
            {
                if (!reader.TryReadItemOrInnerList(out type, out number)) return null;
            }
            else if (!reader.TryReadParameters())
            {
                return null;
            }

            Set(members, new StructuredMember(key.ToString(), type, number));
            reader.SkipBlanks();
            if (reader.IsAtEnd) return members;
            if (!reader.TryTake(',')) return null;
            reader.SkipBlanks();
            if (reader.IsAtEnd) return null;
        }

        return members;
    }

    private static void Set(List<StructuredMember> members, StructuredMember member)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Key != member.Key) continue;
            members.RemoveAt(i);
            break;
        }

        members.Add(member);
    }
}
