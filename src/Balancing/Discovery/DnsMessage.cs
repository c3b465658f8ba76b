using System.Buffers.Binary;
using System.Net;

namespace Net2Secure.Routing.Balancing;

/// <summary>Writes questions and reads answers of DNS (RFC 1035 §4, RFC 2782, RFC 3596). What comes may be anything: every length is checked, and everything is bounded.</summary>
internal static class DnsMessage
{
    /// <summary>Bytes of the largest question.</summary>
    public const int MaxQuestionSize = HeaderSize + DnsName.MaxSize + 4;

    private const int HeaderSize = 12;
    private const int MostRecords = 4096;
    private const int LongestChain = 8;
    private const ushort ClassInternet = 1;
    private const ushort IsResponse = 0x8000;
    private const ushort OperationBits = 0x7800;
    private const ushort IsTruncated = 0x0200;
    private const ushort RecursionDesired = 0x0100;

    /// <summary>Writes a question.</summary>
    /// <returns>The bytes written, or 0 when the name is none.</returns>
    public static int WriteQuestion(Span<byte> buffer, ushort id, string name, DnsRecordType type)
    {
        buffer[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        var length = DnsName.Write(name, buffer[HeaderSize..]);
        if (length == 0) return 0;
        var at = HeaderSize + length;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 2)..], ClassInternet);
        return at + 4;
    }

    /// <summary>Reads what came back.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">The number of the question.</param>
    /// <param name="name">The name that was asked for.</param>
    /// <param name="type">The type that was asked for.</param>
    public static DnsReading Read(ReadOnlySpan<byte> message, ushort id, string name, DnsRecordType type)
    {
        if (message.Length < HeaderSize || BinaryPrimitives.ReadUInt16BigEndian(message) != id) return DnsReading.NotOurs;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & IsResponse) == 0 || (flags & OperationBits) != 0) return DnsReading.NotOurs;
        var position = HeaderSize;
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        var code = (DnsResponseCode)(flags & 0x000F);

        // A server that cannot make sense of a question may leave it out; any other answer has to repeat it.
        if (questions == 0 && code is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented or DnsResponseCode.Refused or DnsResponseCode.ServerFailure) return new(code, []);
        if (questions != 1 || !IsQuestion(message, ref position, name, type)) return DnsReading.NotOurs;
        if ((flags & IsTruncated) != 0) return DnsReading.Truncated;
        if (code != DnsResponseCode.None) return new(code, []);
        var count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var records = new List<(string Owner, DnsRecord Record)>();
        for (var i = 0; i < Math.Min((int)count, MostRecords); i++)
        {
            if (!TryReadRecord(message, ref position, out var owner, out var record)) return DnsReading.Broken;
            if (record is not null) records.Add((owner, record));
        }

        return new(DnsResponseCode.None, Follow(records, Normalized(name), type));
    }

    private static bool IsQuestion(ReadOnlySpan<byte> message, ref int position, string name, DnsRecordType type)
    {
        if (!DnsName.TryRead(message, ref position, out var asked) || position + 4 > message.Length) return false;
        var fits = BinaryPrimitives.ReadUInt16BigEndian(message[position..]) == (ushort)type && BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]) == ClassInternet;
        position += 4;
        return fits && asked == Normalized(name);
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> message, ref int position, out string owner, out DnsRecord? record)
    {
        const int FixedSize = 10;
        record = null;
        if (!DnsName.TryRead(message, ref position, out owner) || position + FixedSize > message.Length) return false;
        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        var isInternet = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]) == ClassInternet;
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(message[(position + 4)..]);
        var timeToLive = TimeSpan.FromSeconds(seconds > int.MaxValue ? 0 : seconds); // RFC 2181 §8
        var length = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 8)..]);
        position += FixedSize;
        if (position + length > message.Length) return false;
        var data = message.Slice(position, length);
        var at = position;
        position += length;
        if (!isInternet) return true;
        switch (type)
        {
            case DnsRecordType.A when length == 4:
            case DnsRecordType.Aaaa when length == 16:
                record = new DnsRecord(type, timeToLive, new IPAddress(data));
                return true;
            case DnsRecordType.CName:
                if (!DnsName.TryRead(message, ref at, out var alias) || at > position) return false;
                record = new DnsRecord(type, timeToLive, Target: alias);
                return true;
            case DnsRecordType.Srv when length > 6:
                at += 6;
                if (!DnsName.TryRead(message, ref at, out var target) || at > position) return false;
                record = new DnsRecord(
                    type,
                    timeToLive,
                    Target: target,
                    Port: BinaryPrimitives.ReadUInt16BigEndian(data[4..]),
                    Priority: BinaryPrimitives.ReadUInt16BigEndian(data),
                    Weight: BinaryPrimitives.ReadUInt16BigEndian(data[2..]));
                return true;
            default:
                return type is not (DnsRecordType.A or DnsRecordType.Aaaa or DnsRecordType.Srv);
        }
    }

    /// <summary>The records of the name that was asked for, or of the one that it is an alias for. What else a server hands over is not asked for, and not believed.</summary>
    private static List<DnsRecord> Follow(List<(string Owner, DnsRecord Record)> records, string name, DnsRecordType type)
    {
        var shortest = TimeSpan.MaxValue;
        for (var step = 0; step <= LongestChain; step++)
        {
            var found = records.Where(r => r.Record.Type == type && r.Owner == name).Select(r => r.Record).ToList();
            if (found.Count > 0) return found.ConvertAll(r => r.TimeToLive > shortest ? r with { TimeToLive = shortest } : r);
            if (records.Find(r => r.Record.Type == DnsRecordType.CName && r.Owner == name).Record is not { } alias) break;
            name = alias.Target;
            if (alias.TimeToLive < shortest) shortest = alias.TimeToLive;
        }

        return [];
    }

#pragma warning disable CA1308 // names are read in small letters
    private static string Normalized(string name) => (name.EndsWith('.') ? name[..^1] : name).ToLowerInvariant();
#pragma warning restore CA1308
}
