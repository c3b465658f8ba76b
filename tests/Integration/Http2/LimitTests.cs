using System.Buffers.Binary;
using Microsoft.AspNetCore.Hosting;
using Net2Secure.Routing.Integration.Forwarding;
using static Net2Secure.Routing.Integration.Http2.Http2Frame;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>What one connection may ask for: streams, header sizes, time for a header block, and buffers for what it does not read.</summary>
public sealed class LimitTests
{
    private static Task Silent(string head, System.Net.Sockets.NetworkStream stream, CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);

    [Fact]
    public async Task Streams_AreLimitedAsAdvertised()
    {
        await using var origin = new RecordingOrigin(Silent);
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: Http2Front.ClearText);
        await using var client = await RawHttp2Client.ConnectAsync(proxy.Address);
        var settings = await client.WaitForAsync(f => f is { Type: Settings, Flags: 0 });
        var limit = SettingOf(settings, 3);
        Assert.InRange(limit, 100, 250);

        for (var i = 0; i < limit + 20; i++) await client.RequestAsync(1 + (2 * i), HeaderBlock.Get("/"));

        await client.WaitUntilAsync(frames => frames.Count(f => f.Type == RstStream) == 20);
        Assert.All(client.Received().Where(f => f.Type == RstStream), f => Assert.Equal(ErrorCodes.RefusedStream, f.ErrorCode));
        await EventuallyAsync(() => origin.Working == limit);
        Assert.Equal(limit, origin.MostWorking);
    }

    [Fact]
    public async Task Streams_ThatWereReset_CountUntilTheirOriginIsDone()
    {
        await using var origin = new RecordingOrigin(Silent);
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: Http2Front.ClearText);
        var clients = new List<RawHttp2Client>();

        for (var c = 0; c < 5; c++)
        {
            var client = await RawHttp2Client.ConnectAsync(proxy.Address);
            clients.Add(client);
            for (var i = 0; i < 1000; i++)
            {
                await client.RequestAsync(1 + (2 * i), HeaderBlock.Get("/"));
                if (!await client.SendAsync(Reset(1 + (2 * i)))) break;
            }
        }

        // Five connections of 100 streams each, however many were opened and reset in that time.
        await EventuallyAsync(() => origin.Working == 0);
        Assert.InRange(origin.MostWorking, 0, 500);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task HeaderList_WithinTheLimit_IsForwarded()
    {
        await using var front = new StartedFront();
        await using var client = await front.ConnectAsync();
        var fields = Enumerable.Range(0, 4).Select(i => ($"x-{i}", new string('a', 7000))).ToArray();

        await SendInPiecesAsync(client, 1, HeaderBlock.Get("/large", fields).ToBytes());

        Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
    }

    [Theory]
    [InlineData(6, 7000)]
    [InlineData(1, 34_000)]
    [InlineData(40, 900)]
    [InlineData(110, 5)]
    [InlineData(1000, 100)]
    [InlineData(2, 100_000)]
    public async Task HeaderList_AboveTheLimit_IsNotForwarded(int count, int length)
    {
        await using var front = new StartedFront();
        await using var client = await front.ConnectAsync();
        var fields = Enumerable.Range(0, count).Select(i => ($"x-{i}", new string('a', length))).ToArray();

        await SendInPiecesAsync(client, 1, HeaderBlock.Get("/large", fields).ToBytes());

        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.Status == 431 || outcome.Reset > 0 || outcome.GoAway > 0, outcome.ToString());
        Assert.False(await front.Front.WasForwardedAsync("large"));
    }

    [Theory]
    [InlineData(8_000, 200)]
    [InlineData(16_000, 200)]
    [InlineData(16_500, 414)]
    public async Task Path_AboveTheLimit_Is414(int length, int status)
    {
        await using var front = new StartedFront();
        await using var client = await front.ConnectAsync();

        await SendInPiecesAsync(client, 1, HeaderBlock.Get("/" + new string('a', length - 1)).ToBytes());

        Assert.Equal(status, (await client.OutcomeAsync(1)).Status);
    }

    [Fact]
    public async Task CookieCrumbs_CountAsOneField()
    {
        await using var front = new StartedFront();
        await using var client = await front.ConnectAsync();
        var crumbs = Enumerable.Range(0, 150).Select(i => ("cookie", $"c{i}=1")).ToArray();

        await SendInPiecesAsync(client, 1, HeaderBlock.Get("/crumbs", crumbs).ToBytes());

        Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
    }

    [Fact]
    public async Task HeaderList_ThatUnpacksToFarMore_IsNotForwarded()
    {
        await using var front = new StartedFront();
        await using var client = await front.ConnectAsync();
        // 4,000 octets that enter the dynamic table, then 12,000 times one octet that means them: 48 MB.
        var bomb = HeaderBlock.Get("/bomb").AddIndexed("x-bomb", new string('a', 4000));
        for (var i = 0; i < 12_000; i++) bomb.Indexed(62);

        var before = GC.GetTotalAllocatedBytes();
        await SendInPiecesAsync(client, 1, bomb.ToBytes());

        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.Status == 431 || outcome.Reset > 0 || outcome.GoAway > 0, outcome.ToString());
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 8 << 20);
        Assert.False(await front.Front.WasForwardedAsync("bomb"));
    }

    [Fact]
    public async Task HeaderBlock_ThatDoesNotEnd_TimesOut()
    {
        await using var origin = new RecordingOrigin();
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: builder =>
        {
            Http2Front.ClearText(builder);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(300));
        });
        await using var client = await RawHttp2Client.ConnectAsync(proxy.Address);

        await client.SendAsync(new Http2Frame(Headers, 0, 1, HeaderBlock.Get("/").ToBytes()));

        await client.WaitUntilAsync(_ => client.IsClosed);
        Assert.True(client.IsClosed);
        Assert.Empty(origin.Received());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Window_ThatIsZero_StopsReadingFromTheOrigin(int window)
    {
        var sent = 0L;
        await using var origin = new RecordingOrigin(async (_, stream, cancellation) =>
        {
            await RecordingOrigin.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", cancellation);
            var block = new byte[16 * 1024];
            while (true)
            {
                await stream.WriteAsync(block, cancellation);
                Interlocked.Add(ref sent, block.Length);
            }
        });
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: Http2Front.ClearText);
        await using var client = await RawHttp2Client.ConnectAsync(proxy.Address, Setting(4, window));

        await client.RequestAsync(1, HeaderBlock.Get("/"));
        Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
        await EventuallyAsync(() => Interlocked.Read(ref sent) > 0);
        var last = -1L;
        while (last != (last = Interlocked.Read(ref sent))) await Task.Delay(250);

        // Most of it is what the two kernels keep between origin and proxy.
        Assert.InRange(last, 1, 8 << 20);
    }

    internal static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (!condition()) await Task.Delay(10, patience.Token);
    }

    /// <summary>Sends a header block in frames of the size that every peer takes.</summary>
    private static async Task SendInPiecesAsync(RawHttp2Client client, int streamId, byte[] block)
    {
        const int piece = 16_384;
        for (var at = 0; at < block.Length; at += piece)
        {
            var isLast = at + piece >= block.Length;
            var flags = (isLast ? EndHeaders : 0) | (at == 0 ? EndStream : 0);
            await client.SendAsync(new Http2Frame(at == 0 ? Headers : Continuation, (byte)flags, streamId, block[at..Math.Min(block.Length, at + piece)]));
        }
    }

    private static int SettingOf(Http2Frame settings, int id)
    {
        for (var at = 0; at < settings.Payload.Length; at += 6)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(settings.Payload.AsSpan(at)) == id) return BinaryPrimitives.ReadInt32BigEndian(settings.Payload.AsSpan(at + 2));
        }

        return 0;
    }

    private sealed class StartedFront : IAsyncDisposable
    {
        public Http2Front Front { get; } = new();

        public async Task<RawHttp2Client> ConnectAsync()
        {
            await Front.InitializeAsync();
            return await RawHttp2Client.ConnectAsync(Front.Address);
        }

        public ValueTask DisposeAsync() => Front.DisposeAsync();
    }
}
