namespace Net2Secure.Routing.Caching;

/// <summary>Reads the directives of <c>Cache-Control</c> and <c>Pragma</c> one after the other (RFC 9111 §5.2), without allocating and without ever throwing.</summary>
/// <remarks>
/// A quoted string begins right behind <c>=</c> and nowhere else, and is opaque: commas and directives inside it do not count. Where its end is missing it is no quoted string, and what follows the next
/// comma is read as directives again, marked as doubtful: a stray quote must neither hide a <c>no-store</c> nor bring out a <c>max-age</c>. A directive with a blank beside its <c>=</c> is left out.
/// </remarks>
internal ref struct DirectiveReader(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>The name, in the sender's case.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>What stands behind <c>=</c>; for a quoted string, what is inside the quotes.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>There was a <c>=</c>.</summary>
    public bool HasValue { get; private set; }

    /// <summary>A quote without an end stands before it or in it: others may read all this as one string.</summary>
    public bool IsDoubtful { get; private set; }

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var element = TakeElement().Trim(" \t");
            if (element.IsEmpty) continue;
            var equals = element.IndexOf('=');
            HasValue = equals >= 0;
            Name = HasValue ? element[..equals] : element;
            Value = HasValue ? element[(equals + 1)..] : default;
            if (HasValue && (Name.IsEmpty || IsBlank(Name[^1]) || (!Value.IsEmpty && IsBlank(Value[0])))) continue;
            if (Value.Length >= 2 && Value[0] == '"' && Value[^1] == '"') Value = Value[1..^1];
            return true;
        }

        return false;
    }

    public readonly bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private ReadOnlySpan<char> TakeElement()
    {
        var at = 0;
        while (at < _rest.Length && _rest[at] != ',')
        {
            if (_rest[at] == '=' && at + 1 < _rest.Length && _rest[at + 1] == '"')
            {
                var length = LengthOfQuoted(_rest[(at + 1)..]);
                IsDoubtful |= length == 0;
                at += length;
            }

            at++;
        }

        var element = _rest[..at];
        _rest = at < _rest.Length ? _rest[(at + 1)..] : default;
        return element;
    }

    /// <summary>The length of a quoted string with its quotes; 0 when it has no end.</summary>
    private static int LengthOfQuoted(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i + 1;
        }

        return 0;
    }
}
