using System.Buffers.Binary;
using System.Text;

namespace Net2Secure.Routing.Health;

/// <summary>The two messages of <c>grpc.health.v1</c>, in the frame that gRPC puts around each: a flag, four bytes of length, and the message.</summary>
internal static class GrpcHealthMessage
{
    /// <summary>Longest answer that is read. The message has one field of two bytes; what later versions may add has room.</summary>
    public const int LargestResponse = 1024;

    private const int PrefixLength = 5;

    // Field 1, length-delimited: HealthCheckRequest.service.
    private const byte ServiceTag = (1 << 3) | 2;

    /// <summary>The question after a service; an empty name asks after the server as a whole.</summary>
    public static byte[] Request(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var body = new List<byte>(name.Length + 6);
        if (name.Length > 0)
        {
            body.Add(ServiceTag);
            for (var rest = (uint)name.Length; ; rest >>= 7)
            {
                body.Add((byte)(rest > 0x7f ? rest | 0x80 : rest));
                if (rest <= 0x7f) break;
            }

            body.AddRange(name);
        }

        var frame = new byte[PrefixLength + body.Count];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)body.Count);
        body.CopyTo(frame, PrefixLength);
        return frame;
    }

    /// <summary>Judges an answer whose call has succeeded.</summary>
    public static ProbeResult Judge(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < PrefixLength || frame[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(frame[1..]) != (uint)(frame.Length - PrefixLength))
            return ProbeResult.Failed("malformed gRPC message");
        if (!TryReadStatus(frame[PrefixLength..], out var status)) return ProbeResult.Failed("malformed gRPC message");
        return status switch
        {
            1 => ProbeResult.Passed,
            2 => ProbeResult.Draining("NOT_SERVING"),
            3 => ProbeResult.Failed("SERVICE_UNKNOWN"),
            _ => ProbeResult.Failed("UNKNOWN"),
        };
    }

    // Fields come in any order, unknown ones are passed over, and of one that is there twice the last counts, as protocol buffers have it. Field 1, varint: status.
    private static bool TryReadStatus(ReadOnlySpan<byte> message, out ulong status)
    {
        status = 0;
        while (!message.IsEmpty)
        {
            if (!TryReadVarint(ref message, out var tag)) return false;
            var (wireType, skip) = (tag & 7, 0UL);
            if (wireType is 0 or 2 && !TryReadVarint(ref message, out skip)) return false;
            if (wireType == 0)
            {
                if (tag >> 3 == 1) status = skip;
                continue;
            }

            if (wireType is 1 or 5) skip = wireType == 1 ? 8UL : 4UL;
            else if (wireType != 2) return false;
            if (skip > (ulong)message.Length) return false;
            message = message[(int)skip..];
        }

        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] > 0x7f) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
