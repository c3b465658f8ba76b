using static Net2Secure.Routing.Integration.Http2.Http2Frame;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>RFC 9113 §4 to §6: what breaks the protocol ends the stream or the connection with an error, what is merely unknown is ignored.</summary>
public sealed class ProtocolErrorTests(Http2Front front) : IClassFixture<Http2Front>
{
    private static readonly byte[] Good = HeaderBlock.Get("/").ToBytes();

    private static readonly Dictionary<string, Http2Frame[]> Violations = new(StringComparer.Ordinal)
    {
        // §5.1: idle streams
        ["DATA on an idle stream"] = [new(Data, EndStream, 1, [1])],
        ["RST_STREAM on an idle stream"] = [Reset(1)],
        ["WINDOW_UPDATE on an idle stream"] = [Window(1, 10)],
        ["CONTINUATION without HEADERS"] = [new(Continuation, EndHeaders, 1, Good)],
        // §5.1.1: identifiers
        ["HEADERS on stream 0"] = [new(Headers, EndHeaders | EndStream, 0, Good)],
        ["DATA on stream 0"] = [new(Data, 0, 0, [1])],
        ["RST_STREAM on stream 0"] = [Reset(0)],
        ["PRIORITY on stream 0"] = [new(Priority, 0, 0, new byte[5])],
        ["an even stream"] = [new(Headers, EndHeaders | EndStream, 2, Good)],
        ["a stream lower than the last"] = [new(Headers, EndHeaders | EndStream, 5, Good), new(Headers, EndHeaders | EndStream, 3, Good)],
        ["DATA behind the end of a stream"] = [new(Headers, EndHeaders | EndStream, 1, Good), new(Data, EndStream, 1, [1])],
        ["HEADERS behind the end of a stream"] = [new(Headers, EndHeaders | EndStream, 1, Good), new(Headers, EndHeaders | EndStream, 1, Good)],
        // §4.2, §6: sizes
        ["a frame larger than was agreed"] = [new(Data, 0, 1, new byte[16385])],
        ["HEADERS larger than was agreed"] = [new(Headers, EndHeaders, 1, new byte[16385])],
        ["PING of 7 octets"] = [new(Ping, 0, 0, new byte[7])],
        ["PING on a stream"] = [new(Ping, 0, 1, new byte[8])],
        ["RST_STREAM of 3 octets"] = [new(Headers, EndHeaders, 1, Good), new(RstStream, 0, 1, new byte[3])],
        ["PRIORITY of 4 octets"] = [new(Priority, 0, 1, new byte[4])],
        ["padding larger than the frame"] = [new(Headers, EndHeaders, 1, Good), new(Data, 0x8, 1, [9, 1, 2])],
        ["padding larger than HEADERS"] = [new(Headers, EndHeaders | 0x8, 1, [200, .. Good])],
        // §6.5: SETTINGS
        ["SETTINGS of 5 octets"] = [new(Settings, 0, 0, new byte[5])],
        ["SETTINGS on a stream"] = [new(Settings, 0, 1, [])],
        ["acknowledged SETTINGS with settings"] = [new(Settings, Ack, 0, new byte[6])],
        ["ENABLE_PUSH of 2"] = [Setting(2, 2)],
        ["INITIAL_WINDOW_SIZE beyond the largest"] = [Setting(4, -1)],
        ["MAX_FRAME_SIZE of 0"] = [Setting(5, 0)],
        ["MAX_FRAME_SIZE beyond the largest"] = [Setting(5, 1 << 24)],
        // §6.9: WINDOW_UPDATE
        ["WINDOW_UPDATE of 3 octets"] = [new(WindowUpdate, 0, 0, new byte[3])],
        ["WINDOW_UPDATE by 0"] = [Window(0, 0)],
        ["WINDOW_UPDATE by 0 on a stream"] = [new(Headers, EndHeaders, 1, Good), Window(1, 0)],
        ["a connection window beyond the largest"] = [Window(0, int.MaxValue), Window(0, int.MaxValue)],
        ["a stream window beyond the largest"] = [new(Headers, EndHeaders, 1, Good), Window(1, int.MaxValue)],
        // §6.10: CONTINUATION
        ["another frame amid a header block"] = [new(Headers, 0, 1, Good), new(Ping, 0, 0, new byte[8])],
        ["CONTINUATION of another stream"] = [new(Headers, 0, 1, Good), new(Continuation, EndHeaders, 3, Good)],
        ["an unknown frame amid a header block"] = [new(Headers, 0, 1, Good), new(0xbb, 0, 1, [])],
        // §6.6, §6.8
        ["PUSH_PROMISE"] = [new(PushPromise, EndHeaders, 1, [0, 0, 0, 2, .. Good])],
        ["GOAWAY on a stream"] = [new(GoAway, 0, 1, new byte[8])],
        // RFC 7541
        ["HPACK: index 0"] = [new(Headers, EndHeaders | EndStream, 1, [0x80])],
        ["HPACK: index of nothing"] = [new(Headers, EndHeaders | EndStream, 1, [0xff, 0x80, 0x01])],
        ["HPACK: integer without end"] = [new(Headers, EndHeaders | EndStream, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
        ["HPACK: literal cut short"] = [new(Headers, EndHeaders | EndStream, 1, [0x00, 0x05, (byte)'a'])],
        ["HPACK: bad Huffman code"] = [new(Headers, EndHeaders | EndStream, 1, [0x00, 0x81, 0x00, 0x01, (byte)'a'])],
        ["HPACK: table larger than allowed"] = [new(Headers, EndHeaders | EndStream, 1, [0x3f, 0xff, 0xff, 0x7f, .. Good])],
        ["HPACK: table size behind a field"] = [new(Headers, EndHeaders | EndStream, 1, [.. Good, 0x20])],
    };

    public static TheoryData<string> ViolationNames { get; } = [.. Violations.Keys];

    [Theory]
    [MemberData(nameof(ViolationNames))]
    public async Task Violation_EndsTheStreamOrTheConnectionWithAnError(string name)
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.SendAsync(Violations[name]);

        await client.WaitUntilAsync(frames => frames.Any(f => f.Type is GoAway or RstStream));
        var error = client.Received().FirstOrDefault(f => f.Type is GoAway or RstStream);
        Assert.True(error is { ErrorCode: > 0 and < 14 }, $"{name}: {error}, closed: {client.IsClosed}");
    }

    [Fact]
    public async Task Preface_ThatIsNone_ClosesTheConnection()
    {
        using var connection = new System.Net.Sockets.TcpClient(front.Address.Host, front.Address.Port);
        var stream = connection.GetStream();

        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"u8.ToArray());

        var buffer = new byte[1000];
        try
        {
            while (await stream.ReadAsync(buffer).AsTask().WaitAsync(Forwarding.ProxyUnderTest.Patience) > 0)
            {
                // An answer is fine, as long as the end follows.
            }
        }
        catch (IOException)
        {
            // So is a reset.
        }
    }

    [Fact]
    public async Task Unknown_FramesAndSettings_AreIgnored()
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address, Setting(0x99, 7));

        await client.SendAsync(new Http2Frame(0xbb, 0xff, 0, [1, 2, 3]), new Http2Frame(0xbc, 0, 1, []), Setting(0x9999, -1), new Http2Frame(Priority, 0, 7, [0, 0, 0, 0, 10]));
        await client.RequestAsync(1, HeaderBlock.Get("/"));

        Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
    }

    [Fact]
    public async Task Settings_AreAcknowledged()
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.WaitForAsync(f => f is { Type: Settings, Flags: Ack, Payload.Length: 0 });
    }

    [Fact]
    public async Task Ping_IsAnsweredWithItsOwnPayload()
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.SendAsync(new Http2Frame(Ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]));

        var answer = await client.WaitForAsync(f => f.Type == Ping);
        Assert.Equal(Ack, answer.Flags);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], answer.Payload);
    }

    [Fact]
    public async Task PaddedFrames_AreReadWithoutTheirPadding()
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.SendAsync(
            new Http2Frame(Headers, EndHeaders | 0x8 | 0x20, 1, [3, 0, 0, 0, 0, 16, .. HeaderBlock.Request("POST", "/padded").ToBytes(), 0, 0, 0]),
            new Http2Frame(Data, EndStream | 0x8, 1, [4, (byte)'d', (byte)'a', (byte)'t', (byte)'a', 0, 0, 0, 0]));

        Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
        Assert.Contains("\r\ndata\r\n", front.Origin.Received(), StringComparison.Ordinal);
    }
}
