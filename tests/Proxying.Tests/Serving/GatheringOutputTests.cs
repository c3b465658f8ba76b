using System.Buffers;
using System.IO.Pipelines;
using Net2Secure.Routing.Proxying.Polling;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Tests.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

public sealed class GatheringOutputTests
{
    private const int Rounds = 50;
    private const int Burst = 256 * 1024;

    private int _written;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flushes_AreOverAtOnce_AndSentTogether()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);

        await FlushedAtOnceAsync(output, "one "u8.ToArray());
        await FlushedAtOnceAsync(output, "two "u8.ToArray());
        await FlushedAtOnceAsync(output, "three"u8.ToArray());

        Assert.Equal(13, output.UnflushedBytes);
        Assert.Equal(0, accepted.Client.Available);
        Assert.Equal(1, later.Run());
        Assert.Equal(0, output.UnflushedBytes);
        Assert.Equal(0, accepted.Memory.Out);
        Assert.Equal("one two three"u8.ToArray(), await accepted.ReceiveAsync(13));
    }

    [Fact]
    public async Task Flush_AfterTheyWereSent_IsGatheredAnew()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        await FlushedAtOnceAsync(output, "one"u8.ToArray());
        later.Run();

        await FlushedAtOnceAsync(output, "two"u8.ToArray());

        Assert.Equal(1, later.Run());
        Assert.Equal("onetwo"u8.ToArray(), await accepted.ReceiveAsync(6));
    }

    [Fact]
    public async Task Flushes_ThatAreAlwaysAlone_SendThemselves_UntilOthersComeBesideThem()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        for (var i = 0; i < SocketPipeWriter.LonelyCalls; i++)
        {
            await FlushedAtOnceAsync(output, "a"u8.ToArray());
            Assert.Equal(1, later.Run());
        }

        for (var i = 1; i < SocketPipeWriter.FlushesPerTrial; i++)
        {
            await FlushedAtOnceAsync(output, "b"u8.ToArray());
            Assert.Equal(0, output.UnflushedBytes);
            Assert.Equal(0, later.Run());
        }

        await FlushedAtOnceAsync(output, "c"u8.ToArray());
        await FlushedAtOnceAsync(output, "d"u8.ToArray());
        Assert.Equal(1, later.Run());
        await FlushedAtOnceAsync(output, "e"u8.ToArray());
        Assert.Equal(1, output.UnflushedBytes);
        Assert.Equal(1, later.Run());

        var expected = new string('a', SocketPipeWriter.LonelyCalls) + new string('b', SocketPipeWriter.FlushesPerTrial - 1) + "cde";
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(await accepted.ReceiveAsync(expected.Length)));
    }

    [Fact]
    public async Task Flush_OfMuch_SendsItself_WithAllThatWasGathered()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        await FlushedAtOnceAsync(output, "head"u8.ToArray());
        var much = new byte[SocketPipeWriter.MostGathered];
        much.AsSpan().Fill((byte)'m');

        await FlushedAtOnceAsync(output, much);

        Assert.Equal(0, output.UnflushedBytes);
        byte[] expected = [.. "head"u8, .. much];
        Assert.Equal(expected, await accepted.ReceiveAsync(expected.Length));
        Assert.Equal(1, later.Run());
        Assert.Equal(0, accepted.Client.Available);
    }

    [Fact]
    public async Task Flush_OfNothing_SchedulesNothing()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();

        await Create(accepted, later).FlushAsync(Stop);

        Assert.Equal(0, later.Run());
    }

    [Fact]
    public async Task Room_ThatIsBeingFilledWhileOthersAreSent_StaysWhole()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        await FlushedAtOnceAsync(output, "ab"u8.ToArray());
        var room = output.GetMemory(2);

        later.Run();
        "cd"u8.CopyTo(room.Span);
        output.Advance(2);
        await output.FlushAsync(Stop);
        later.Run();

        Assert.Equal("abcd"u8.ToArray(), await accepted.ReceiveAsync(4));
    }

    [Fact]
    public async Task ClientThatDoesNotRead_HoldsFlushesOnlyBehindWhatMayBeGathered_AndGetsAllInOrder()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        var expected = await FillAsync(accepted, output, later);

        await FlushedAtOnceAsync(output, Piece(100));
        var flushing = WriteAsync(output, Piece(SocketPipeWriter.MostGathered));
        Assert.False(flushing.IsCompleted);

        var received = await accepted.ReceiveAsync(expected + 100 + SocketPipeWriter.MostGathered);
        Assert.False((await flushing.WaitAsync(TestBounds.Wait, Stop)).IsCompleted);
        Assert.Equal(Pattern(received.Length), received);
    }

    [Fact]
    public async Task Completion_WhileTheClientDoesNotRead_IsWaitedFor_AndNothingIsLost()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        var expected = await FillAsync(accepted, output, later);
        await FlushedAtOnceAsync(output, Piece(100));

        await output.CompleteAsync();
        var draining = output.DrainAsync();
        Assert.False(draining.IsCompleted);

        Assert.Equal(Pattern(expected + 100), await accepted.ReceiveAsync(expected + 100));
        await draining.WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(0, accepted.Memory.Out);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Completion_SendsWhatWasGathered(bool hasError)
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        await FlushedAtOnceAsync(output, "last"u8.ToArray());

        await output.CompleteAsync(hasError ? new InvalidOperationException("on purpose") : null);

        Assert.Equal("last"u8.ToArray(), await accepted.ReceiveAsync(4));
        later.Run();
        Assert.Equal(0, accepted.Memory.Out);
    }

    [Fact]
    public async Task Cancellation_EndsAFlushThatWaitsBehindOthers_AndNothingIsLost()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        var expected = await FillAsync(accepted, output, later);
        var flushing = WriteAsync(output, Piece(2 * SocketPipeWriter.MostGathered));
        Assert.False(flushing.IsCompleted);

        output.CancelPendingFlush();
        Assert.True((await flushing.WaitAsync(TestBounds.Wait, Stop)).IsCanceled);

        using var cancellation = new CancellationTokenSource();
        var again = output.FlushAsync(cancellation.Token).AsTask();
        Assert.False(again.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again.WaitAsync(TestBounds.Wait, Stop));

        expected += 2 * SocketPipeWriter.MostGathered;
        Assert.Equal(Pattern(expected), await accepted.ReceiveAsync(expected));
    }

    [Fact]
    public async Task Cancellation_WhileNoFlushWaits_IsTheNextOnes_AndTheRestIsSentAllTheSame()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        var expected = await FillAsync(accepted, output, later);

        output.CancelPendingFlush();
        Assert.Equal(Pattern(expected), await accepted.ReceiveAsync(expected));

        Assert.True((await output.FlushAsync(Stop)).IsCanceled);
        Assert.False((await output.FlushAsync(Stop)).IsCanceled);
    }

    [Fact]
    public async Task Abort_EndsAFlushThatWaitsBehindOthers()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        await FillAsync(accepted, output, later);
        var flushing = WriteAsync(output, Piece(2 * SocketPipeWriter.MostGathered));

        accepted.Connection.Abort();

        Assert.True((await flushing.WaitAsync(TestBounds.Wait, Stop)).IsCompleted);
        await output.DrainAsync().WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(0, accepted.Memory.Out);
    }

    [Fact]
    public async Task ClientThatHasGone_IsTheEndOfTheOutput()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var later = new Later();
        var output = Create(accepted, later);
        accepted.Connection.Abort();
        output.Write("x"u8);
        await output.FlushAsync(Stop);
        later.Run();

        output.Write("y"u8);

        Assert.True((await output.FlushAsync(Stop)).IsCompleted);
    }

    [Fact]
    public async Task Bursts_ToAClientThatTakesThemInSmallSteps_ArriveWhole()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var connection = (PolledConnection)accepted.Connection;
        connection.Socket.Socket.SendBufferSize = 32 * 1024;
        accepted.Client.ReceiveBufferSize = 128 * 1024;
        var output = new SocketPipeWriter(connection, accepted.Memory);
        output.Gather();
        var receiving = Task.Run(async () =>
        {
            for (var received = 0; received < Rounds * Burst; received += Burst) Assert.Equal(Pattern(Burst, received), await accepted.ReceiveAsync(Burst));
        });

        // Every burst waits for the client again and again, and nothing comes after the last.
        for (var round = 0; round < Rounds; round++)
        {
            for (var written = 0; written < Burst; written += Burst / 64) await WriteAsync(output, Piece(Burst / 64)).WaitAsync(TestBounds.Wait, Stop);
        }

        await receiving.WaitAsync(TestBounds.Wait, Stop);
        await output.CompleteAsync();
        await output.DrainAsync().WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(0, accepted.Memory.Out);
    }

    private static SocketPipeWriter Create(AcceptedConnection accepted, Later later)
    {
        var output = new SocketPipeWriter((PolledConnection)accepted.Connection, accepted.Memory, later.Add);
        output.Gather();
        return output;
    }

    private byte[] Piece(int length)
    {
        var piece = Pattern(length, _written);
        _written += length;
        return piece;
    }

    /// <summary>Writes until the kernel takes no more and somebody waits to send the rest.</summary>
    private async Task<int> FillAsync(AcceptedConnection accepted, SocketPipeWriter output, Later later)
    {
        accepted.Saturate();
        while (true)
        {
            await FlushedAtOnceAsync(output, Piece(SocketPipeWriter.MostGathered / 8));
            await FlushedAtOnceAsync(output, Piece(SocketPipeWriter.MostGathered / 8));
            later.Run();
            if (output.UnflushedBytes > 0) return _written;
        }
    }

    private static async Task FlushedAtOnceAsync(PipeWriter output, ReadOnlyMemory<byte> bytes)
    {
        var flushing = WriteAsync(output, bytes);
        Assert.True(flushing.IsCompleted);
        Assert.False((await flushing).IsCompleted);
    }

    private static Task<FlushResult> WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes) => output.WriteAsync(bytes, Stop).AsTask();

    private static byte[] Pattern(int length, int start = 0)
    {
        var data = new byte[length];
        for (var i = 0; i < length; i++) data[i] = (byte)(((start + i) * 7) ^ ((start + i) >> 9));
        return data;
    }
}
