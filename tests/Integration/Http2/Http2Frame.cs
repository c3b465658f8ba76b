using System.Buffers.Binary;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>A frame as it stands on the wire (RFC 9113 §4.1).</summary>
internal sealed record Http2Frame(byte Type, byte Flags, int StreamId, byte[] Payload)
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Priority = 2;
    public const byte RstStream = 3;
    public const byte Settings = 4;
    public const byte PushPromise = 5;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    public const byte EndStream = 1;
    public const byte Ack = 1;
    public const byte EndHeaders = 4;

    public const int HeaderLength = 9;

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + Payload.Length];
        bytes[0] = (byte)(Payload.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), (ushort)Payload.Length);
        bytes[3] = Type;
        bytes[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), StreamId);
        Payload.CopyTo(bytes, HeaderLength);
        return bytes;
    }

    /// <summary>The error code of RST_STREAM and GOAWAY.</summary>
    public int ErrorCode => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == GoAway ? 4 : 0));

    public static Http2Frame Reset(int streamId, int code = ErrorCodes.Cancel) => new(RstStream, 0, streamId, UInt32(code));

    public static Http2Frame Window(int streamId, int increment) => new(WindowUpdate, 0, streamId, UInt32(increment));

    public static Http2Frame Setting(ushort id, int value)
    {
        var payload = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(payload, id);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(2), value);
        return new(Settings, 0, 0, payload);
    }

    public static byte[] UInt32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>RFC 9113 §7.</summary>
    public static class ErrorCodes
    {
        public const int None = 0;
        public const int Protocol = 1;
        public const int FlowControl = 3;
        public const int RefusedStream = 7;
        public const int Cancel = 8;
        public const int Compression = 9;
        public const int EnhanceYourCalm = 11;
    }
}
