using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>Names on the wire of DNS (RFC 1035 §3.1, §4.1.4).</summary>
internal static class DnsName
{
    /// <summary>Bytes of a name on the wire.</summary>
    public const int MaxSize = 255;

    private const int MaxLabel = 63;
    private const int PointerBits = 0xC0;

    /// <summary>Writes a name; a dot at its end changes nothing, for every name that is asked for is whole.</summary>
    /// <returns>The bytes written, or 0 when it is no name.</returns>
    public static int Write(ReadOnlySpan<char> name, Span<byte> buffer)
    {
        if (name.EndsWith(".")) name = name[..^1];
        var at = 0;
        foreach (var part in name.Split('.'))
        {
            var label = name[part];
            if (label.Length is 0 or > MaxLabel || at + label.Length + 2 > Math.Min(buffer.Length, MaxSize)) return 0;
            buffer[at++] = (byte)label.Length;
            foreach (var c in label)
            {
                if (c is <= ' ' or > '~') return 0;
                buffer[at++] = (byte)c;
            }
        }

        buffer[at++] = 0;
        return at;
    }

    /// <summary>Reads a name, following pointers.</summary>
    /// <remarks>A pointer has to lead further back than the one before it, so that no packet can lead in circles; the length of the name is bounded beside that.</remarks>
    /// <param name="message">The message.</param>
    /// <param name="position">Where the name begins; afterwards where it ends.</param>
    /// <param name="name">The name in small letters, without a dot at its end; empty for the root.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int position, out string name)
    {
        Span<char> text = stackalloc char[MaxSize];
        var length = 0;
        var (at, end, bound) = (position, -1, position);
        name = "";
        while (true)
        {
            if (at >= message.Length) return false;
            int size = message[at++];
            if ((size & PointerBits) == PointerBits)
            {
                if (at >= message.Length) return false;
                var target = ((size & ~PointerBits) << 8) | message[at++];
                if (end < 0) end = at;
                if (target >= bound) return false;
                bound = at = target;
                continue;
            }

            if (size > MaxLabel) return false; // bits that mean nothing (RFC 6891 §5)
            if (size == 0) break;
            if (at + size > message.Length || length + size + 1 > MaxSize) return false;
            if (length > 0) text[length++] = '.';
            for (var i = 0; i < size; i++)
            {
                var c = (char)message[at++];
                if (c is <= ' ' or > '~' or '.') return false; // no host is called so; and no log has to bear it
                text[length++] = char.ToLower(c, CultureInfo.InvariantCulture);
            }
        }

        position = end < 0 ? at : end;
        name = new string(text[..length]);
        return true;
    }
}
