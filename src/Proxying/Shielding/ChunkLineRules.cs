using System.Buffers;

namespace Net2Secure.Routing.Proxying;

/// <summary>What the line before a chunk must look like (RFC 9112 §7.1): 1 to 16 hexadecimal digits, then nothing or an extension.</summary>
internal static class ChunkLineRules
{
    /// <summary>Most digits of a size, leading zeros included.</summary>
    internal const int MaxDigits = 16;

    /// <summary>Digits that the server's parser reads at most.</summary>
    internal const int DigitsServersRead = 8;

    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127);

    internal static RequestVerdict ExtensionsTooLarge => RequestVerdict.BadRequest("The chunk extensions are too large.");

    /// <summary>Reads one line without its line end.</summary>
    /// <param name="line">The line.</param>
    /// <param name="size">Octets of the chunk. Never above 2³¹ − 1, which is what the server reads.</param>
    /// <param name="digits">Digits of the size, leading zeros included.</param>
    /// <param name="extensionBytes">Octets behind the digits.</param>
    internal static RequestVerdict Check(ReadOnlySpan<byte> line, out long size, out int digits, out int extensionBytes)
    {
        size = 0;
        digits = 0;
        extensionBytes = 0;
        while (digits < line.Length && digits <= MaxDigits && char.IsAsciiHexDigit((char)line[digits]))
        {
            size = (size << 4) | (uint)HexValue(line[digits]);
            digits++;
        }

        if (digits is 0 or > MaxDigits)
            return RequestVerdict.BadRequest("A chunk size is not a hexadecimal number.");
        if (size is < 0 or > int.MaxValue)
            return RequestVerdict.BadRequest("A chunk is too large.");
        extensionBytes = line.Length - digits;
        if (extensionBytes > 0 && (line[digits] != (byte)';' || line[digits..].ContainsAny(Controls)))
            return RequestVerdict.BadRequest("A chunk size is followed by something that is no extension.");
        return RequestVerdict.Accepted;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
