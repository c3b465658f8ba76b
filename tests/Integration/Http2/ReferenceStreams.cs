using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using static Net2Secure.Routing.Integration.Http2.Http2Frame;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>
/// What a client of HTTP/2 meant, read anew and by another method than the proxy's: all octets behind its first SETTINGS at once, by the book (RFC 9113). It stops where a connection has to end.
/// </summary>
internal sealed partial class ReferenceStreams
{
    private const int LargestFrame = 16_384;
    private const byte Padded = 8;
    private const byte Prioritized = 0x20;

    private readonly ReferenceHpack _hpack = new();
    private readonly SortedDictionary<int, Stream> _streams = [];
    private readonly List<byte> _block = [];
    private (int StreamId, bool EndsStream)? _open;
    private int _highest;
    private bool _hasLeft;

    private ReferenceStreams()
    {
    }

    /// <summary>One request that is complete and in order.</summary>
    /// <param name="StreamId">Its stream.</param>
    /// <param name="Fields">Its fields, pseudo-headers among them.</param>
    /// <param name="Body">Its body.</param>
    /// <param name="Trailers">The fields behind it.</param>
    internal sealed record Request(int StreamId, IReadOnlyList<(string Name, string Value)> Fields, string Body, IReadOnlyList<(string Name, string Value)> Trailers)
    {
        /// <summary>Whether its fields were compressed, so that this reading does not know them.</summary>
        public bool IsUnknown { get; init; }

        public string Method => IsTunnel ? "GET" : One(":method")!;

        public string Target => One(":path")!;

        public string? Authority => One(":authority") ?? One("host");

        /// <summary>Whether it is an extended CONNECT (RFC 8441), which is a GET with Upgrade in HTTP/1.1.</summary>
        public bool IsTunnel => One(":protocol") is not null;

        private string? One(string name) => Fields.Where(f => f.Name == name).Select(f => f.Value).FirstOrDefault();
    }

    /// <summary>Requests that leave no doubt.</summary>
    public List<Request> Meant { get; } = [];

    /// <summary>Streams that the client ended and did not give up: each is owed an end from the other side, whatever came on it.</summary>
    public List<int> Owed { get; } = [];

    /// <summary>Whether the whole connection has to end with an error.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether windows were set, so that bodies of answers may have to wait for ever.</summary>
    public bool SetsWindows { get; private set; }

    public static ReferenceStreams Read(byte[] wire)
    {
        var reading = new ReferenceStreams();
        reading.IsBroken = !reading.TryReadAll(wire);
        foreach (var (id, stream) in reading._streams)
        {
            if (stream is { HasEnded: true, WasReset: false, IsLate: false }) reading.Owed.Add(id);
            // A tunnel is asked for by its head, and what follows is not of the request: it may stand before that comes, whatever is wrong with it.
            var isTunnel = IsTunnel(stream);
            if (!isTunnel && (stream.IsMalformed || !stream.HasEnded)) continue;
            if (!IsWellFormed(stream)) continue;
            reading.Meant.Add(new(id, stream.Fields, isTunnel ? "" : stream.Body.ToString(), isTunnel ? [] : stream.Trailers) { IsUnknown = stream.IsUnknown });
        }

        return reading;
    }

    /// <summary>Whether the other side has done what it owes.</summary>
    public bool IsSettled(IReadOnlyList<Http2Frame> received)
    {
        if (received.Any(f => f.Type == GoAway && f.ErrorCode != ErrorCodes.None)) return true;
        return !IsBroken && Owed.TrueForAll(id => received.Any(f => f.StreamId == id && (f.Type == RstStream
            || (f.Type is Data or Headers && (SetsWindows || (f.Flags & EndStream) != 0)))));
    }

    private bool TryReadAll(byte[] wire)
    {
        for (var at = 0; wire.Length - at >= HeaderLength;)
        {
            var length = (wire[at] << 16) | (wire[at + 1] << 8) | wire[at + 2];
            if (length > LargestFrame) return false;
            if (wire.Length - at - HeaderLength < length) return true;
            var (type, flags, id) = (wire[at + 3], wire[at + 4], (int)(BinaryPrimitives.ReadUInt32BigEndian(wire.AsSpan(at + 5)) & int.MaxValue));
            if (!TryRead(type, flags, id, wire[(at + HeaderLength)..(at + HeaderLength + length)])) return false;
            at += HeaderLength + length;
        }

        return true;
    }

    private bool TryRead(byte type, byte flags, int id, byte[] payload)
    {
        if (_open is { } open && (type != Continuation || id != open.StreamId)) return false;
        var isIdle = id > _highest || (id & 1) == 0;
        switch (type)
        {
            case Data:
                if (id == 0 || isIdle || !TryUnpad(flags, ref payload)) return false;
                TakeData(_streams.GetValueOrDefault(id), payload, (flags & EndStream) != 0);
                return true;
            case Headers:
                if (id == 0 || (id & 1) == 0 || !TryUnpad(flags, ref payload)) return false;
                if ((flags & Prioritized) != 0)
                {
                    if (payload.Length < 5) return false;
                    payload = payload[5..];
                }

                _block.Clear();
                _open = (id, (flags & EndStream) != 0);
                return TryTakeBlock(payload, (flags & EndHeaders) != 0);
            case Continuation:
                return _open is not null && TryTakeBlock(payload, (flags & EndHeaders) != 0);
            case Priority:
                return id != 0;
            case RstStream:
                if (id == 0 || isIdle || payload.Length != 4) return false;
                if (_streams.GetValueOrDefault(id) is { } stream) stream.WasReset = true;
                return true;
            case Settings:
                return id == 0 && TryTakeSettings(flags, payload);
            case PushPromise:
                return false;
            case Ping:
                return id == 0 && payload.Length == 8;
            case GoAway:
                _hasLeft = true;
                return id == 0 && payload.Length >= 8;
            case WindowUpdate:
                if (payload.Length != 4 || (id != 0 && isIdle)) return false;
                return id != 0 || (BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue) != 0;
            default:
                return true;
        }
    }

    private bool TryTakeSettings(byte flags, byte[] payload)
    {
        if ((flags & Ack) != 0) return payload.Length == 0;
        if (payload.Length % 6 != 0) return false;
        SetsWindows |= payload.Length > 0;
        for (var at = 0; at < payload.Length; at += 6)
        {
            var (name, value) = (BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(at)), BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(at + 2)));
            if (name == 2 && value > 1) return false;
            if (name == 4 && value > int.MaxValue) return false;
            if (name == 5 && value is < LargestFrame or > 0xff_ffff) return false;
        }

        return true;
    }

    private static bool TryUnpad(byte flags, ref byte[] payload)
    {
        if ((flags & Padded) == 0) return true;
        if (payload.Length == 0 || payload[0] >= payload.Length) return false;
        payload = payload[1..^payload[0]];
        return true;
    }

    private static void TakeData(Stream? stream, byte[] payload, bool ends)
    {
        if (stream is null or { WasReset: true }) return;
        // Behind the end: whether the stream or all of the connection suffers is the server's choice.
        if (stream.HasEnded) return;
        stream.Body.Append(Encoding.Latin1.GetString(payload));
        stream.HasEnded = ends;
    }

    private bool TryTakeBlock(byte[] payload, bool isLast)
    {
        _block.AddRange(payload);
        if (!isLast) return true;
        var (id, ends) = _open!.Value;
        _open = null;
        List<(string Name, string Value)> fields;
        try
        {
            fields = _hpack.Read([.. _block]);
        }
        catch (FormatException)
        {
            return false;
        }

        if (id > _highest)
        {
            _highest = id;
            _streams[id] = new() { Fields = fields, HasEnded = ends, IsUnknown = _hpack.IsLost, IsLate = _hasLeft };
        }
        else if (_streams.GetValueOrDefault(id) is { HasEnded: false, WasReset: false } stream)
        {
            // RFC 9113 §8.1: the second block is that of the trailers, and ends the stream.
            stream.IsMalformed |= !ends || stream.Trailers.Count > 0;
            stream.IsUnknown |= _hpack.IsLost;
            stream.Trailers.AddRange(fields);
            stream.HasEnded |= ends;
        }

        return true;
    }

    private static bool IsTunnel(Stream stream) => stream.Fields.Contains((":method", "CONNECT"));

    // RFC 9113 §8.2, §8.3
    private static bool IsWellFormed(Stream stream)
    {
        if (stream.IsUnknown) return true;
        if (!IsTunnel(stream) && !stream.Trailers.TrueForAll(IsPlain)) return false;
        var pseudo = stream.Fields.TakeWhile(f => f.Name.StartsWith(':')).ToList();
        if (!stream.Fields.Skip(pseudo.Count).All(IsPlain) || pseudo.DistinctBy(f => f.Name).Count() != pseudo.Count) return false;
        if (!pseudo.TrueForAll(f => f.Name is ":method" or ":scheme" or ":path" or ":authority" or ":protocol")) return false;
        var named = pseudo.ToDictionary(f => f.Name, f => f.Value);
        var hosts = stream.Fields.Where(f => f.Name == "host").Select(f => f.Value).ToList();
        if (hosts.Count > 1 || !Token().IsMatch(named.GetValueOrDefault(":method", "")) || !Authority().IsMatch(named.GetValueOrDefault(":authority") ?? hosts.FirstOrDefault() ?? "")) return false;
        // To a proxy that is no forward proxy a plain CONNECT can mean nothing.
        if ((named[":method"] == "CONNECT") != named.ContainsKey(":protocol") || named.GetValueOrDefault(":scheme") is not ("http" or "https")) return false;
        var path = named.GetValueOrDefault(":path", "");
        return (Path().IsMatch(path) || (path == "*" && named[":method"] == "OPTIONS")) && HasItsLength(stream);
    }

    private static bool HasItsLength(Stream stream)
    {
        var lengths = stream.Fields.Where(f => f.Name == "content-length").Select(f => f.Value).ToList();
        return lengths.Count == 0 || (lengths.Count == 1 && lengths[0].All(char.IsAsciiDigit) && long.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length == stream.Body.Length);
    }

    private static bool IsPlain((string Name, string Value) field) =>
        Name().IsMatch(field.Name) && Value().IsMatch(field.Value) && field.Name is not ("connection" or "keep-alive" or "proxy-connection" or "transfer-encoding" or "upgrade")
        && (field.Name != "te" || field.Value.Equals("trailers", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"\A[!#$%&'*+\-.^_`|~0-9a-z]+\z", RegexOptions.None, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(?![ \t])[\t\x20-\x7e\x80-\xff]*(?<![ \t])\z", RegexOptions.None, 1000)]
    private static partial Regex Value();

    [GeneratedRegex(@"\A[!$&'()*+,;=\-._~%0-9A-Za-z\[\]:]+\z", RegexOptions.None, 1000)]
    private static partial Regex Authority();

    [GeneratedRegex(@"\A/[\x21\x22\x24-\x7e]*\z", RegexOptions.None, 1000)]
    private static partial Regex Path();

    private sealed class Stream
    {
        public required List<(string Name, string Value)> Fields { get; init; }

        public List<(string Name, string Value)> Trailers { get; } = [];

        public StringBuilder Body { get; } = new();

        public bool HasEnded { get; set; }

        public bool WasReset { get; set; }

        public bool IsMalformed { get; set; }

        public bool IsUnknown { get; set; }

        /// <summary>Whether it was opened behind the client's own GOAWAY, so that nobody has to serve it.</summary>
        public bool IsLate { get; init; }
    }
}
