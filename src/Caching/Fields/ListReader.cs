namespace Net2Secure.Routing.Caching;

/// <summary>Reads the elements of a comma-separated list (RFC 9110 §5.6.1) one after the other, without allocating. Commas inside quotes do not split; empty elements are left out.</summary>
/// <param name="text">The list.</param>
/// <param name="escapes">Whether a backslash inside quotes takes the meaning from the next character. It does in quoted strings, and does not in entity tags.</param>
internal ref struct ListReader(ReadOnlySpan<char> text, bool escapes = true)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>The element, without the blanks around it.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = FindComma(_rest, escapes);
            Current = _rest[..end].Trim(" \t");
            _rest = end < _rest.Length ? _rest[(end + 1)..] : default;
            if (!Current.IsEmpty) return true;
        }

        Current = default;
        return false;
    }

    private static int FindComma(ReadOnlySpan<char> text, bool escapes)
    {
        var inQuotes = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    inQuotes = !inQuotes;
                    break;
                case '\\' when inQuotes && escapes:
                    i++;
                    break;
                case ',' when !inQuotes:
                    return i;
            }
        }

        return text.Length;
    }
}
