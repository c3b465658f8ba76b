using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Net2Secure.Routing.Caching;

/// <summary>A key and a head as bytes. Texts come back exactly as they were, whatever is in them.</summary>
internal static class DiskHead
{
    /// <summary>A longer head is not stored, nor believed.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>More elements than a head may have in any of its lists.</summary>
    private const int MaxCount = 64 * 1024;

    public static ReadOnlyMemory<byte> Write(CacheKey key, CachedHead head)
    {
        var writer = new ArrayBufferWriter<byte>(1024);
        Text(writer, key.Uri);
        Text(writer, key.Partition);
        Number(writer, (ulong)head.StatusCode);
        Text(writer, head.ReasonPhrase);
        Text(writer, head.Variant);
        Number(writer, (ulong)head.RequestTime.UtcTicks);
        Number(writer, (ulong)head.ResponseTime.UtcTicks);
        Number(writer, head.IsDoubted ? 1UL : 0);
        Number(writer, head.AssumedLifetime is { } assumed ? (ulong)assumed.Ticks + 1 : 0);
        Number(writer, (ulong)head.Fields.Count);
        foreach (var (name, value) in head.Fields)
        {
            Text(writer, name);
            Text(writer, value);
        }

        Number(writer, (ulong)head.SelectingFields.Count);
        foreach (var (name, value) in head.SelectingFields)
        {
            Text(writer, name);
            Text(writer, value);
        }

        Number(writer, (ulong)head.Tags.Count);
        foreach (var tag in head.Tags) Text(writer, tag);
        return writer.WrittenMemory;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out CacheKey key, out CachedHead head)
    {
        key = default;
        head = null!;
        try
        {
            var reader = new Reader(bytes);
            key = new CacheKey(reader.Text() ?? "", reader.Text() ?? "");
            var status = (int)reader.Number();
            var reason = reader.Text();
            var variant = reader.Text() ?? "";
            var requestTime = reader.Time();
            var responseTime = reader.Time();
            var isDoubted = reader.Number() != 0;
            var assumed = reader.Number();
            var fields = new FieldLine[reader.Count()];
            for (var i = 0; i < fields.Length; i++) fields[i] = new FieldLine(reader.Text() ?? "", reader.Text() ?? "");
            var selecting = new SelectingField[reader.Count()];
            for (var i = 0; i < selecting.Length; i++) selecting[i] = new SelectingField(reader.Text() ?? "", reader.Text());
            var tags = new string[reader.Count()];
            for (var i = 0; i < tags.Length; i++) tags[i] = reader.Text() ?? "";
            head = new CachedHead
            {
                StatusCode = status, ReasonPhrase = reason, Variant = variant, RequestTime = requestTime, ResponseTime = responseTime, IsDoubted = isDoubted,
                AssumedLifetime = assumed == 0 ? null : TimeSpan.FromTicks((long)assumed - 1), Fields = fields, SelectingFields = selecting, Tags = tags,
            };
            return reader.IsAtEnd;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            return false;
        }
    }

    private static void Number(ArrayBufferWriter<byte> writer, ulong value)
    {
        var span = writer.GetSpan(10);
        var count = 0;
        for (; value >= 0x80; value >>= 7) span[count++] = (byte)(value | 0x80);
        span[count++] = (byte)value;
        writer.Advance(count);
    }

    // 0: null. Else the number of characters, and whether they need two bytes each.
    private static void Text(ArrayBufferWriter<byte> writer, string? text)
    {
        if (text is null)
        {
            Number(writer, 0);
            return;
        }

        var isWide = text.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff');
        Number(writer, (((ulong)text.Length << 1) | (isWide ? 1UL : 0)) + 1);
        if (isWide) writer.Write(MemoryMarshal.AsBytes(text.AsSpan()));
        else Encoding.Latin1.GetBytes(text, writer);
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public ulong Number()
        {
            var value = 0UL;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var one = Take(1)[0];
                value |= (ulong)(one & 0x7f) << shift;
                if (one < 0x80) return value;
            }

            throw new InvalidDataException("A number is too long.");
        }

        public int Count()
        {
            var count = Number();
            return count <= MaxCount ? (int)count : throw new InvalidDataException("A list is too long.");
        }

        public DateTimeOffset Time() => new((long)Number(), TimeSpan.Zero);

        public string? Text()
        {
            var length = Number();
            if (length == 0) return null;
            length--;
            if (length >> 1 > MaxBytes) throw new InvalidDataException("A text is too long.");
            var count = (int)(length >> 1);
            return (length & 1) == 0 ? Encoding.Latin1.GetString(Take(count)) : new string(MemoryMarshal.Cast<byte, char>(Take(2 * count)));
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length) throw new InvalidDataException("The head ends too early.");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
