using Net2Secure.Routing.Integration.Forwarding;
using static Net2Secure.Routing.Integration.Http2.Http2Frame;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>A client that sends frames for their own sake is told to calm down and let go (RFC 9113 §10.5), and others do not notice.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class FloodTests(Http2Front front) : IClassFixture<Http2Front>
{
    private static readonly Dictionary<string, (Http2Frame[] First, Http2Frame Again)> Floods = new(StringComparer.Ordinal)
    {
        ["PING"] = ([], new(Ping, 0, 0, new byte[8])),
        ["acknowledged PING"] = ([], new(Ping, Ack, 0, new byte[8])),
        ["SETTINGS"] = ([], new(Settings, 0, 0, [])),
        ["SETTINGS of a value"] = ([], Setting(4, 65_535)),
        ["PRIORITY"] = ([], new(Priority, 0, 1, [0, 0, 0, 3, 16])),
        ["unknown frames"] = ([], new(0xbb, 0, 0, [])),
        ["empty DATA"] = ([new(Headers, EndHeaders, 1, HeaderBlock.Request("POST", "/flood").ToBytes())], new(Data, 0, 1, [])),
        ["DATA of padding"] = ([new(Headers, EndHeaders, 1, HeaderBlock.Request("POST", "/flood").ToBytes())], new(Data, 0x8, 1, [0])),
        ["empty CONTINUATION"] = ([new(Headers, 0, 1, HeaderBlock.Get("/flood").ToBytes())], new(Continuation, 0, 1, [])),
        ["small CONTINUATION"] = ([new(Headers, 0, 1, HeaderBlock.Get("/flood").ToBytes())], new(Continuation, 0, 1, HeaderBlock.Of(("x", "y")).ToBytes())),
    };

    public static TheoryData<string> FloodNames { get; } = [.. Floods.Keys];

    [Theory]
    [MemberData(nameof(FloodNames))]
    public async Task Flood_IsAnsweredWithEnhanceYourCalm(string name)
    {
        var (first, again) = Floods[name];
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);
        await client.SendAsync(first);
        var many = Enumerable.Repeat(again.ToBytes(), 500).SelectMany(b => b).ToArray();

        for (var i = 0; i < 100 && await client.SendAsync(many); i++)
        {
        }

        Assert.Equal(ErrorCodes.EnhanceYourCalm, await client.GoAwayAsync());
        await AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Resets_InQuickOrder_AreAnsweredWithEnhanceYourCalm()
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        for (var i = 0; i < 200; i++)
        {
            await client.RequestAsync(1 + (2 * i), HeaderBlock.Get("/"));
            if (!await client.SendAsync(Reset(1 + (2 * i)))) break;
        }

        Assert.Equal(ErrorCodes.EnhanceYourCalm, await client.GoAwayAsync());
        await client.WaitUntilAsync(_ => client.IsClosed);
        Assert.True(client.IsClosed);
        await AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Resets_OfAnsweredStreamsInReason_AreNoFlood()
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        for (var i = 0; i < 100; i++)
        {
            await client.RequestAsync(1 + (2 * i), HeaderBlock.Get("/"));
            await client.OutcomeAsync(1 + (2 * i));
            await client.SendAsync(Reset(1 + (2 * i)));
        }

        await client.RequestAsync(999, HeaderBlock.Get("/"));
        Assert.Equal(200, (await client.OutcomeAsync(999)).Status);
    }

    [Fact]
    public async Task Pings_OfABusyClient_AreNoFlood()
    {
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        for (var i = 0; i < 500; i++) await client.SendAsync(new Http2Frame(Ping, 0, 0, new byte[8]), Window(0, 1));

        await client.WaitUntilAsync(frames => frames.Count(f => f.Type == Ping) == 500);
        await client.RequestAsync(1, HeaderBlock.Get("/"));
        Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
    }

    [Fact]
    public async Task Flood_WhoseAnswersAreNotRead_IsBounded()
    {
        // The answers to PINGs have to be kept somewhere: the proxy stops reading before that is much.
        using var connection = new System.Net.Sockets.TcpClient { NoDelay = true };
        await connection.ConnectAsync(front.Address.Host, front.Address.Port);
        var stream = connection.GetStream();
        byte[] opening = [.. RawHttp2Client.Preface, .. new Http2Frame(Settings, 0, 0, []).ToBytes()];
        await stream.WriteAsync(opening);
        var many = Enumerable.Repeat(new Http2Frame(Ping, 0, 0, new byte[8]).ToBytes(), 1000).SelectMany(b => b).ToArray();
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        try
        {
            for (var i = 0; i < 2000; i++) await stream.WriteAsync(many, patience.Token);
        }
        catch (IOException)
        {
            // Closed: bounded.
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 << 20);
        await AssertOthersAreServedAsync();
    }

    private async Task AssertOthersAreServedAsync()
    {
        await using var other = await RawHttp2Client.ConnectAsync(front.Address);
        await other.RequestAsync(1, HeaderBlock.Get("/other"));
        Assert.Equal(200, (await other.OutcomeAsync(1)).Status);
    }
}
