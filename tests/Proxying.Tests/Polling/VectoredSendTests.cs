using System.Net.Sockets;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Polling;

public sealed class VectoredSendTests
{
    private const int Most = 1000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>So many bytes go by one call: all, what three messages hold, or what six parts do.</summary>
    [Theory]
    [InlineData(new[] { 1 }, 1)]
    [InlineData(new[] { 1000 }, 1000)]
    [InlineData(new[] { 1001 }, 1001)]
    [InlineData(new[] { 10, 0, 990, 1 }, 1001)]
    [InlineData(new[] { 400, 400, 400, 400, 400 }, 2000)]
    [InlineData(new[] { 200, 2800 }, 3000)]
    [InlineData(new[] { 200, 2900 }, 3000)]
    [InlineData(new[] { 5000, 5000 }, 3000)]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1 }, 6)]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1 }, 6)]
    public async Task Parts_GoInOrder_AsFarAsOneCallGoes(int[] lengths, int expected)
    {
        using var pair = await SocketPair.CreateAsync();
        var parts = Parts(lengths);

        Assert.Equal(expected, VectoredSend.TrySend(pair.Near.Socket.SafeHandle, parts, Most));

        var received = new byte[expected];
        for (var count = 0; count < expected;) count += await pair.Far.ReceiveAsync(received.AsMemory(count), Stop);
        Assert.Equal(parts.SelectMany(static part => part).Take(expected), received);
        Assert.Equal(0, pair.Far.Available);
    }

    [Fact]
    public async Task Message_OfWhichAPartGoes_IsTheLastOne_SoThatThereIsNoGap()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.Near.Socket.SendBufferSize = 16 * 1024;
        pair.Far.ReceiveBufferSize = 16 * 1024;
        const int most = 50_001;
        var data = Parts([VectoredSend.MostMessages * most]);
        var (sent, partial) = (0, 0);
        using var received = new MemoryStream();
        var buffer = new byte[7000];
        while (sent < 200 * most)
        {
            // Every call begins somewhere else in the messages, and most find room for a part of one.
            var offset = sent % most;
            var count = VectoredSend.TrySend(pair.Near.Socket.SafeHandle, [data[0][offset..]], most);
            if (count > 0) sent += count;
            if (count > 0 && count < data[0].Count - offset) partial++;
            if (count < data[0].Count - offset && received.Length < sent) received.Write(buffer, 0, await pair.Far.ReceiveAsync(buffer, Stop));
        }

        while (received.Length < sent) received.Write(buffer, 0, await pair.Far.ReceiveAsync(buffer, Stop));

        Assert.True(partial > 100);
        var all = received.ToArray();
        Assert.Equal(sent, all.Length);
        // The data repeats itself with each message, so that what was sent is the same pattern on and on.
        for (var i = 0; i < all.Length; i++) Assert.True(all[i] == data[0][i % most], $"At {i} of {all.Length}.");
    }

    [Fact]
    public async Task Failure_IsLeftToThePlatformsCall()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.Near.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal(-1, VectoredSend.TrySend(pair.Near.Socket.SafeHandle, Parts([10, 10]), Most));
        Assert.Throws<SocketException>(() => pair.Near.TrySend(Parts([10, 10]), Most));
    }

    /// <summary>Parts of a pattern that repeats itself after 50,001 bytes.</summary>
    private static List<ArraySegment<byte>> Parts(int[] lengths)
    {
        var all = new byte[lengths.Sum()];
        for (var i = 0; i < all.Length; i++) all[i] = (byte)((i % 50_001 * 7) ^ (i % 50_001 >> 9));
        var (parts, start) = (new List<ArraySegment<byte>>(), 0);
        foreach (var length in lengths)
        {
            parts.Add(new ArraySegment<byte>(all, start, length));
            start += length;
        }

        return parts;
    }
}
