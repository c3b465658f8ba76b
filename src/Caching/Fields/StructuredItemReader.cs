using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>Reads the parts of a structured field (RFC 9651 §4.2.1.2 to §4.2.10). After the first part that is not in order its state means nothing.</summary>
internal ref struct StructuredItemReader(ReadOnlySpan<char> text)
{
    private const int MaxIntegerDigits = 15;
    private const int MaxDecimalWholeDigits = 12;
    private const int MaxDecimalFractionDigits = 3;

    private ReadOnlySpan<char> _rest = text;

    public readonly bool IsAtEnd => _rest.TrimStart(' ').IsEmpty;

    public bool TryTake(char c)
    {
        if (_rest.IsEmpty || _rest[0] != c) return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Skips optional white space, which here includes tabs.</summary>
    public void SkipBlanks() => _rest = _rest.TrimStart(" \t");

    public bool TryReadKey(out ReadOnlySpan<char> key)
    {
        var length = 0;
        while (length < _rest.Length && IsInKey(_rest[length])) length++;
        key = _rest[..length];
        _rest = _rest[length..];
        return length > 0 && (char.IsAsciiLetterLower(key[0]) || key[0] == '*');
    }

    public bool TryReadItemOrInnerList(out StructuredType type, out long number)
    {
        number = 0;
        type = StructuredType.InnerList;
        if (!TryTake('(')) return TryReadBareItem(out type, out number) && TryReadParameters();
        while (true)
        {
            _rest = _rest.TrimStart(' ');
            if (TryTake(')')) return TryReadParameters();
            if (!TryReadBareItem(out _, out _) || !TryReadParameters()) return false;
            if (_rest.IsEmpty || _rest[0] is not (' ' or ')')) return false;
        }
    }

    public bool TryReadParameters()
    {
        while (TryTake(';'))
        {
            _rest = _rest.TrimStart(' ');
            if (!TryReadKey(out _)) return false;
            if (TryTake('=') && !TryReadBareItem(out _, out _)) return false;
        }

        return true;
    }

    private bool TryReadBareItem(out StructuredType type, out long number)
    {
        (type, number) = (default, 0);
        if (_rest.IsEmpty) return false;
        switch (_rest[0])
        {
            case '-' or (>= '0' and <= '9'):
                return TryReadNumber(out type, out number);
            case '"':
                type = StructuredType.String;
                return TryReadString();
            case '?':
                type = StructuredType.Boolean;
                return TryReadBoolean(out number);
            case '@':
                type = StructuredType.Date;
                _rest = _rest[1..];
                return TryReadNumber(out var numeric, out number) && numeric == StructuredType.Integer;
            case ':':
                type = StructuredType.ByteSequence;
                return TryReadByteSequence();
            case '%':
                type = StructuredType.DisplayString;
                return TryReadDisplayString();
            default:
                type = StructuredType.Token;
                return TryReadToken();
        }
    }

    private bool TryReadNumber(out StructuredType type, out long number)
    {
        (type, number) = (StructuredType.Integer, 0);
        var isNegative = TryTake('-');
        var whole = CountDigits(_rest);
        if (whole == 0 || whole > MaxIntegerDigits) return false;
        if (!long.TryParse(_rest[..whole], NumberStyles.None, CultureInfo.InvariantCulture, out number)) return false;
        if (isNegative) number = -number;
        _rest = _rest[whole..];
        if (!TryTake('.')) return true;

        (type, number) = (StructuredType.Decimal, 0);
        var fraction = CountDigits(_rest);
        _rest = _rest[fraction..];
        return whole <= MaxDecimalWholeDigits && fraction is > 0 and <= MaxDecimalFractionDigits;
    }

    private bool TryReadString()
    {
        for (var i = 1; i < _rest.Length; i++)
        {
            var c = _rest[i];
            if (c == '"')
            {
                _rest = _rest[(i + 1)..];
                return true;
            }

            if (c == '\\')
            {
                i++;
                if (i >= _rest.Length || _rest[i] is not ('"' or '\\')) return false;
            }
            else if (c is < ' ' or > '~')
            {
                return false;
            }
        }

        return false;
    }

    private bool TryReadBoolean(out long number)
    {
        number = 0;
        if (_rest.Length < 2 || _rest[1] is not ('0' or '1')) return false;
        number = _rest[1] - '0';
        _rest = _rest[2..];
        return true;
    }

    private bool TryReadByteSequence()
    {
        var end = _rest[1..].IndexOf(':');
        if (end < 0) return false;
        var content = _rest.Slice(1, end);
        _rest = _rest[(end + 2)..];
        foreach (var c in content)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '=')) return false;
        }

        return true;
    }

    private bool TryReadDisplayString()
    {
        if (_rest.Length < 2 || _rest[1] != '"') return false;
        Span<byte> sequence = stackalloc byte[4];
        var (have, need) = (0, 0);
        for (var i = 2; i < _rest.Length; i++)
        {
            var c = _rest[i];
            if (c is < ' ' or > '~') return false;
            if (c != '%')
            {
                if (have > 0) return false;
                if (c != '"') continue;
                _rest = _rest[(i + 1)..];
                return true;
            }

            if (i + 2 >= _rest.Length || !TryLowerHex(_rest[i + 1], out var high) || !TryLowerHex(_rest[i + 2], out var low)) return false;
            i += 2;
            if (have == 0) need = LengthOfSequence((high << 4) | low);
            if (need == 0) return false;
            sequence[have++] = (byte)((high << 4) | low);
            if (have < need) continue;
            if (System.Text.Rune.DecodeFromUtf8(sequence[..have], out _, out var consumed) != System.Buffers.OperationStatus.Done || consumed != have) return false;
            have = 0;
        }

        return false;
    }

    private bool TryReadToken()
    {
        if (!char.IsAsciiLetter(_rest[0]) && _rest[0] != '*') return false;
        var length = 1;
        while (length < _rest.Length && IsInToken(_rest[length])) length++;
        _rest = _rest[length..];
        return true;
    }

    /// <summary>How many octets a character of UTF-8 has that begins with this one; 0: none begins so.</summary>
    private static int LengthOfSequence(int first) => first switch { < 0x80 => 1, < 0xC2 => 0, < 0xE0 => 2, < 0xF0 => 3, < 0xF5 => 4, _ => 0 };

    private static bool TryLowerHex(char c, out int digit)
    {
        digit = char.IsAsciiDigit(c) ? c - '0' : c is >= 'a' and <= 'f' ? c - 'a' + 10 : -1;
        return digit >= 0;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count])) count++;
        return count;
    }

    private static bool IsInKey(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' or '*';

    private static bool IsInToken(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~:/".Contains(c, StringComparison.Ordinal);
}
