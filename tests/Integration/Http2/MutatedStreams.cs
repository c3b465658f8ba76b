using System.Globalization;
using System.Text;
using static Net2Secure.Routing.Integration.Http2.Http2Frame;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>Connections of HTTP/2 clients with something wrong on them, the same ones for the same seed: requests side by side, changed in their fields, their frames and their octets.</summary>
internal sealed class MutatedStreams(int seed)
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    private const byte Padded = 8;
    private const byte Prioritized = 0x20;

    private static readonly (string Name, string Value)[] Bad =
    [
        ("connection", "close"), ("connection", "x-a"), ("keep-alive", "timeout=5"), ("proxy-connection", "keep-alive"), ("transfer-encoding", "chunked"), ("upgrade", "h2c"), ("te", "gzip"), ("te", "trailers"),
        ("content-length", "5"), ("content-length", "0"), ("content-length", "+5"), ("content-length", "5, 5"), ("host", "other.example"), ("X-Upper", "1"), ("x y", "1"), ("x:y", "1"), ("", "1"), ("x\0", "1"), ("x\r\ny", "1"),
        ("x-b", "a\r\n\r\n" + Smuggled), ("x-b", "a\r\nTransfer-Encoding: chunked"), ("x-b", "a\nb"), ("x-b", "a\rb"), ("x-b", "a\0b"), ("x-b", " a"), ("x-b", "a\t"), ("x-b", "a\u0001b"), ("x-b", "\u00e4"), (":status", "200"), (":unknown", "1"),
        (":path", "/smuggled"), (":method", "POST"), (":authority", "other.example"), (":scheme", "https"), (":protocol", "websocket"), ("expect", "100-continue"), ("cookie", "c=3"), ("x-forwarded-host", "forged.example"), ("content-type", "a/b"),
    ];

    private static readonly string[] Fragments =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", ";", "#", "?", "/", "/../", "%00", "%2e%2e/", "@", "*", " HTTP/1.1\r\n", "\r\n\r\n" + Smuggled, "\u0001", "\u007f", "\u00e4", "A", "0", "-", "http://other.example/",
    ];

    private readonly Random _random = new(seed);
    private int _case;

    private enum Place
    {
        Fields,
        Frames,
        Octets,
    }

    /// <summary>Everything that a client says behind its first SETTINGS: one to three requests with up to three changes, sometimes with none, now and then a flood.</summary>
    public byte[] Next()
    {
        _case++;
        var changes = Enumerable.Range(0, _random.Next(4)).Select(_ => _random.Next(20) switch { < 10 => Place.Fields, < 16 => Place.Frames, _ => Place.Octets }).ToList();
        var drafts = Enumerable.Range(0, _random.Next(1, 4)).Select(i => Draft(1 + (2 * i))).ToList();
        foreach (var _ in changes.Where(c => c == Place.Fields)) MutateFields(drafts[_random.Next(drafts.Count)]);
        var frames = Interleave(drafts);
        if (_random.Next(100) == 0) frames.InsertRange(_random.Next(2) == 0 ? 0 : frames.Count, Flood(drafts.Count));
        foreach (var _ in changes.Where(c => c == Place.Frames)) MutateFrames(frames);
        var wire = frames.SelectMany(f => f.ToBytes()).ToList();
        foreach (var _ in changes.Where(c => c == Place.Octets)) MutateOctets(wire);
        return [.. wire];
    }

    private Request Draft(int id)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/c{_case}s{id}");
        Request Of(string method, string target, string body, params (string, string)[] fields) =>
            new(id, body) { Fields = [(":method", method), (":scheme", "http"), (":path", target), (":authority", "front.example"), .. fields] };
        switch (_random.Next(9))
        {
            case 0: return Of("GET", path + "?q=1", "", ("x-a", "1"), ("cookie", "a=1"), ("cookie", "b=2"), ("te", "trailers"));
            case 1: return Of("POST", path, Smuggled, ("content-length", Smuggled.Length.ToString(CultureInfo.InvariantCulture)), ("x-a", "1"));
            case 2: return Of("PUT", path, "0\r\n\r\n" + Smuggled, ("trailer", "x-t")) with { Trailers = [("x-t", "1"), ("x-u", "2")] };
            case 3: return Of("HEAD", path, "", ("x-a", "1"), ("x-a", "2"));
            case 4: return Of("OPTIONS", "*", "", ("x-a", path));
            case 5: return new(id, _random.Next(2) == 0 ? "" : Smuggled) { Fields = [(":method", "CONNECT"), (":authority", "inner.example:443"), ("x-a", path)] };
            case 6: return new(id, "") { Fields = [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", path), (":authority", "front.example"), ("sec-websocket-version", "13")] };
            case 7: return Of("POST", path, "", ("content-length", "0"), ("x-a", "1")) with { HasEmptyData = _random.Next(2) == 0 };
            default: return Of("DELETE", path, "hello", ("expect", "100-continue"), ("content-length", "5"), ("x-a", "1"));
        }
    }

    private void MutateFields(Request request)
    {
        var list = request.Trailers.Count > 0 && _random.Next(2) == 0 ? request.Trailers : request.Fields;
        if (list.Count == 0) return;
        var at = _random.Next(list.Count);
        var (name, value) = list[at];
        switch (_random.Next(8))
        {
            case 0: list.RemoveAt(at); break;
            case 1: list.Insert(_random.Next(list.Count + 1), list[at]); break;
            case 2:
                list.RemoveAt(at);
                list.Insert(_random.Next(list.Count + 1), (name, value));
                break;
            case 3: list.Insert(_random.Next(list.Count + 1), Bad[_random.Next(Bad.Length)]); break;
            case 4: list.Add(Bad[_random.Next(Bad.Length)]); break;
            case 5: list[at] = (name, value.Insert(_random.Next(value.Length + 1), Fragments[_random.Next(Fragments.Length)])); break;
            case 6: list[at] = (name.Insert(_random.Next(name.Length + 1), Fragments[_random.Next(Fragments.Length)]), value); break;
            default: list[at] = (name, int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number + _random.Next(-2, 3)).ToString(CultureInfo.InvariantCulture) : Fragments[_random.Next(Fragments.Length)]); break;
        }
    }

    /// <summary>The frames of all requests, mixed as they may be: header blocks whole, and streams opened in order.</summary>
    private List<Http2Frame> Interleave(List<Request> requests)
    {
        var left = requests.ConvertAll(r => new Queue<Http2Frame[]>(Units(r)));
        var mixed = new List<Http2Frame>();
        for (var opened = 0; left.Exists(q => q.Count > 0);)
        {
            var pick = _random.Next(Math.Min(opened + 1, left.Count));
            if (left[pick].Count == 0) pick = left.FindIndex(q => q.Count > 0);
            opened = Math.Max(opened, pick + 1);
            mixed.AddRange(left[pick].Dequeue());
        }

        return mixed;
    }

    private IEnumerable<Http2Frame[]> Units(Request request)
    {
        var pieces = request.Body.Length == 0 && !request.HasEmptyData ? [] : Pieces(Encoding.Latin1.GetBytes(request.Body)).ToList();
        yield return Block(request.Id, request.Fields, ends: pieces.Count == 0 && request.Trailers.Count == 0);
        for (var i = 0; i < pieces.Count; i++)
        {
            var ends = i == pieces.Count - 1 && request.Trailers.Count == 0;
            var pad = _random.Next(8) == 0 ? _random.Next(20) : -1;
            yield return [new(Data, (byte)((ends ? EndStream : 0) | (pad >= 0 ? Padded : 0)), request.Id, pad >= 0 ? [(byte)pad, .. pieces[i], .. new byte[pad]] : pieces[i])];
        }

        if (request.Trailers.Count > 0) yield return Block(request.Id, request.Trailers, ends: true);
    }

    private IEnumerable<byte[]> Pieces(byte[] all)
    {
        var at = 0;
        for (var more = _random.Next(3); more > 0; more--)
        {
            var end = _random.Next(at, all.Length + 1);
            yield return all[at..end];
            at = end;
        }

        yield return all[at..];
    }

    private Http2Frame[] Block(int id, List<(string Name, string Value)> fields, bool ends)
    {
        var block = new HeaderBlock();
        foreach (var (name, value) in fields) _ = _random.Next(8) == 0 ? block.AddIndexed(name, value) : block.Add(name, value);
        var pieces = _random.Next(4) == 0 ? Pieces(block.ToBytes()).ToList() : [block.ToBytes()];
        var frames = new Http2Frame[pieces.Count];
        for (var i = 0; i < frames.Length; i++)
        {
            var flags = (byte)((i == frames.Length - 1 ? EndHeaders : 0) | (i == 0 && ends ? EndStream : 0));
            frames[i] = new(i == 0 ? Headers : Continuation, flags, id, pieces[i]);
        }

        if (_random.Next(8) == 0) frames[0] = frames[0] with { Flags = (byte)(frames[0].Flags | Prioritized), Payload = [0, 0, 0, 0, 16, .. frames[0].Payload] };
        if (_random.Next(8) == 0)
        {
            var pad = _random.Next(20);
            frames[0] = frames[0] with { Flags = (byte)(frames[0].Flags | Padded), Payload = [(byte)pad, .. frames[0].Payload, .. new byte[pad]] };
        }

        return frames;
    }

    private IEnumerable<Http2Frame> Flood(int streams)
    {
        var id = 1 + (2 * streams);
        var path = string.Create(CultureInfo.InvariantCulture, $"/c{_case}flood");
        switch (_random.Next(4))
        {
            case 0:
                for (var i = 0; i < 180; i++)
                {
                    yield return new(Headers, EndHeaders | EndStream, id + (2 * i), HeaderBlock.Get(path).ToBytes());
                    yield return Reset(id + (2 * i));
                }

                break;
            case 1:
                yield return new(Headers, EndStream, id, HeaderBlock.Get(path).ToBytes());
                for (var i = 0; i < 80; i++) yield return new(Continuation, i == 79 ? EndHeaders : (byte)0, id, i % 2 == 0 ? [] : HeaderBlock.Of(("x", "y")).ToBytes());
                break;
            case 2:
                for (var i = 0; i < 400; i++) yield return new(Settings, 0, 0, []);
                break;
            default:
                yield return new(Headers, EndHeaders, id, HeaderBlock.Request("POST", path).ToBytes());
                for (var i = 0; i < 1200; i++) yield return new(Data, 0, id, []);
                yield return new(Data, EndStream, id, [(byte)'x']);
                break;
        }
    }

    private void MutateFrames(List<Http2Frame> frames)
    {
        if (frames.Count == 0) return;
        var at = _random.Next(frames.Count);
        var frame = frames[at];
        switch (_random.Next(13))
        {
            case 0: frames.RemoveAt(at); break;
            case 1: frames.Insert(_random.Next(frames.Count + 1), frame); break;
            case 2: frames.Insert(_random.Next(frames.Count + 1), Odd(frame)); break;
            case 3: frames.Insert(at + 1, Odd(frame)); break;
            case 4: frames[at] = frame with { Flags = (byte)(frame.Flags ^ (1 << _random.Next(8))) }; break;
            case 5: frames[at] = frame with { Flags = (byte)(frame.Flags ^ EndStream) }; break;
            case 6: frames[at] = frame with { StreamId = _random.Next(9) }; break;
            case 7: frames[at] = frame with { Type = (byte)_random.Next(11) }; break;
            case 8: (frames[at], frames[^1]) = (frames[^1], frame); break;
            case 9: frames[at] = frame with { Payload = frame.Payload[.._random.Next(frame.Payload.Length + 1)] }; break;
            case 10: frames.Insert(at + 1, new(Data, EndStream, frame.StreamId, Encoding.Latin1.GetBytes(Smuggled))); break;
            case 11: frames.Insert(at + 1, new(Headers, EndHeaders | EndStream, frame.StreamId, HeaderBlock.Get("/smuggled").ToBytes())); break;
            default: frames.Insert(at, frame with { Payload = [.. frame.Payload, .. new byte[16_385]] }); break;
        }
    }

    private Http2Frame Odd(Http2Frame near) => _random.Next(12) switch
    {
        0 => new(Ping, 0, 0, new byte[_random.Next(7, 10)]),
        1 => new(Settings, 0, 0, []),
        2 => Setting((ushort)_random.Next(1, 8), _random.Next(3) switch { 0 => 0, 1 => -1, _ => 4096 }),
        3 => new(Priority, 0, near.StreamId, new byte[_random.Next(4, 7)]),
        4 => Window(_random.Next(2) == 0 ? 0 : near.StreamId, _random.Next(3) == 0 ? 0 : 1000),
        5 => Reset(near.StreamId),
        6 => new(GoAway, 0, 0, new byte[8]),
        7 => new((byte)_random.Next(10, 256), 0xff, near.StreamId, [1, 2, 3]),
        8 => new(PushPromise, EndHeaders, near.StreamId, [0, 0, 0, 2, .. HeaderBlock.Get("/smuggled").ToBytes()]),
        9 => new(Continuation, EndHeaders, near.StreamId, HeaderBlock.Of(("x-b", "1")).ToBytes()),
        10 => new(Data, (byte)(_random.Next(2) * EndStream), near.StreamId, []),
        _ => new(Headers, EndHeaders, near.StreamId, HeaderBlock.Of((":path", "/smuggled"), ("x-b", "1")).ToBytes()),
    };

    private void MutateOctets(List<byte> wire)
    {
        if (wire.Count == 0) return;
        var at = _random.Next(wire.Count);
        switch (_random.Next(5))
        {
            case 0: wire[at] = (byte)_random.Next(256); break;
            case 1: wire.RemoveAt(at); break;
            case 2: wire.Insert(at, (byte)_random.Next(256)); break;
            case 3: wire.InsertRange(at, Encoding.Latin1.GetBytes(Fragments[_random.Next(Fragments.Length)])); break;
            default:
                // A length that is not that of what follows.
                if (wire.Count > 2 && wire[0] == 0) wire[2] = (byte)(wire[2] + _random.Next(-3, 4));
                break;
        }
    }

    private sealed record Request(int Id, string Body)
    {
        public List<(string Name, string Value)> Fields { get; init; } = [];

        public List<(string Name, string Value)> Trailers { get; init; } = [];

        public bool HasEmptyData { get; init; }
    }
}
