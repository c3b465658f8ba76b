using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Polling;

public sealed class PolledSocketTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_WaitsForBytes_AndTakesThemInPieces()
    {
        using var pair = await SocketPair.CreateAsync();
        var buffer = new byte[3];

        var receiving = pair.Near.ReceiveAsync(buffer).AsTask();
        Assert.False(receiving.IsCompleted);
        await pair.Far.SendAsync("hello"u8.ToArray(), Stop);

        Assert.Equal(3, await receiving.WaitAsync(TestBounds.Wait, Stop));
        Assert.Equal("hel"u8, buffer);
        Assert.Equal(2, await ReceiveAsync(pair, buffer));
        Assert.Equal("lo"u8, buffer.AsSpan(0, 2));
    }

    [Fact]
    public async Task Receive_OfBytesAndTheEndBehindThem_FindsBoth()
    {
        using var pair = await SocketPair.CreateAsync();
        var buffer = new byte[100];

        await pair.Far.SendAsync("x"u8.ToArray(), Stop);
        pair.Far.Shutdown(SocketShutdown.Send);

        Assert.Equal(1, await ReceiveAsync(pair, buffer));
        Assert.Equal(0, await ReceiveAsync(pair, buffer));
        Assert.Equal(0, await ReceiveAsync(pair, buffer));
    }

    [Fact]
    public async Task Receive_OfAReset_Throws()
    {
        using var pair = await SocketPair.CreateAsync();
        var receiving = pair.Near.ReceiveAsync(new byte[100]).AsTask();

        pair.Far.Close(0);

        var e = await Assert.ThrowsAsync<SocketException>(() => receiving.WaitAsync(TestBounds.Wait, Stop));
        Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
    }

    [Fact]
    public async Task Receive_ThatAsksAlways_FindsWhatCameUnnoticed_AndElseWaits()
    {
        using var pair = await SocketPair.CreateAsync();
        await pair.Far.SendAsync("x"u8.ToArray(), Stop);
        Assert.True(pair.Near.Socket.Poll(TestBounds.Wait, SelectMode.SelectRead));

        var found = pair.Near.ReceiveAsync(new byte[10], asksAlways: true).AsTask();
        Assert.True(found.IsCompletedSuccessfully);

        var receiving = pair.Near.ReceiveAsync(new byte[10], asksAlways: true).AsTask();
        Assert.False(receiving.IsCompleted);
        await pair.Far.SendAsync("y"u8.ToArray(), Stop);
        Assert.Equal(1, await receiving.WaitAsync(TestBounds.Wait, Stop));
    }

    [Fact]
    public async Task Transfer_OfMuchBothWaysAtOnce_ArrivesWholeAndInOrder()
    {
        using var pair = await SocketPair.CreateAsync();
        var data = new byte[8 * 1024 * 1024];
        for (var i = 0; i < data.Length; i++) data[i] = (byte)(i * 31 / 7);

        var sending = pair.Near.SendAsync(data).AsTask();
        var farSending = SendFarAsync();
        var farReceiving = ReceiveFarAsync();
        var received = new byte[data.Length];
        for (var count = 0; count < received.Length;) count += await ReceiveAsync(pair, received.AsMemory(count, Math.Min(50_000, received.Length - count)));

        Assert.True(received.AsSpan().SequenceEqual(data));
        Assert.True((await farReceiving).AsSpan().SequenceEqual(data));
        await farSending;
        await sending.WaitAsync(TestBounds.Wait, Stop);

        async Task SendFarAsync()
        {
            for (var count = 0; count < data.Length;) count += await pair.Far.SendAsync(data.AsMemory(count), Stop);
        }

        async Task<byte[]> ReceiveFarAsync()
        {
            var arrived = new byte[data.Length];
            for (var count = 0; count < arrived.Length;) count += await pair.Far.ReceiveAsync(arrived.AsMemory(count), Stop);
            return arrived;
        }
    }

    [Fact]
    public async Task Receive_OfMoreThanOneGo_LetsOthersHaveTheirTurn_AndGoesOn()
    {
        using var pair = await SocketPair.CreateAsync();
        var data = new byte[4 * 1024 * 1024];
        var sending = Task.Run(() => pair.Far.Send(data), Stop);
        var buffer = new byte[1024];
        var waited = 0;

        for (var left = data.Length; left > 0;)
        {
            var receiving = pair.Near.ReceiveAsync(buffer).AsTask();
            if (!receiving.IsCompleted) waited++;
            left -= await receiving.WaitAsync(TestBounds.Wait, Stop);
        }

        Assert.True(waited >= 3, $"It waited {waited} times.");
        await sending;
    }

    [Fact]
    public async Task Dispose_EndsWhatWaits_BothWays()
    {
        using var pair = await SocketPair.CreateAsync();
        var receiving = pair.Near.ReceiveAsync(new byte[10]).AsTask();
        var sending = pair.Near.SendAsync(new byte[32 * 1024 * 1024]).AsTask();
        Assert.False(sending.IsCompleted);

        pair.Near.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiving.WaitAsync(TestBounds.Wait, Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sending.WaitAsync(TestBounds.Wait, Stop));
    }

    [Fact]
    public async Task Send_ToOneThatHasReset_Throws()
    {
        using var pair = await SocketPair.CreateAsync();
        var sending = pair.Near.SendAsync(new byte[32 * 1024 * 1024]).AsTask();

        pair.Far.Close(0);

        await Assert.ThrowsAsync<SocketException>(() => sending.WaitAsync(TestBounds.Wait, Stop));
    }

    [Fact]
    public async Task Reset_IsSeenAsOne()
    {
        using var pair = await SocketPair.CreateAsync();

        pair.Near.Reset();

        var e = await Assert.ThrowsAsync<SocketException>(() => pair.Far.ReceiveAsync(new byte[1], Stop).AsTask());
        Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_IsRefused()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var e = await Assert.ThrowsAsync<SocketException>(() => SocketPollers.Shared!.ConnectAsync((IPEndPoint)taken.LocalEndPoint!, Stop).WaitAsync(TestBounds.Wait, Stop));

        Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
    }

    [Fact]
    public async Task Connect_ToOneThatDoesNotAnswer_CanBeCancelled()
    {
        // A queue of connections that is full: the kernel leaves further ones without an answer.
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen(0);
        var endpoint = (IPEndPoint)listening.LocalEndPoint!;
        using var first = await SocketPollers.Shared!.ConnectAsync(endpoint, Stop).WaitAsync(TestBounds.Wait, Stop);
        using var cancellation = new CancellationTokenSource();
        var second = SocketPollers.Shared!.ConnectAsync(endpoint, cancellation.Token);
        Assert.False(second.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(TestBounds.Wait, Stop));
    }

    [Fact]
    public async Task End_BehindBytesThatNobodyHasTaken_IsNotTold_ButWithoutThemItIs()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen(1);
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(listening.LocalEndPoint!, Stop);
        var watcher = new CountingWatcher();
        using var near = SocketPollers.Shared!.Adopt(await listening.AcceptAsync(Stop), watcher);

        await far.SendAsync("x"u8.ToArray(), Stop);
        far.Shutdown(SocketShutdown.Send);
        Assert.True(near.Socket.Poll(TestBounds.Wait, SelectMode.SelectRead));
        near.OnEvents(Epoll.Readable | Epoll.PeerEnded);
        Assert.Equal(0, watcher.Told);

        Assert.Equal(1, await near.ReceiveAsync(new byte[10]).AsTask().WaitAsync(TestBounds.Wait, Stop));
        near.OnEvents(Epoll.Readable | Epoll.PeerEnded);
        Assert.InRange(watcher.Told, 1, 2);
    }

    private static Task<int> ReceiveAsync(SocketPair pair, Memory<byte> target) => pair.Near.ReceiveAsync(target).AsTask().WaitAsync(TestBounds.Wait, Stop);

    private sealed class CountingWatcher : IPeerWatcher
    {
        private int _told;

        public int Told => Volatile.Read(ref _told);

        public void OnPeerEnded(bool hasBroken) => Interlocked.Increment(ref _told);
    }
}
