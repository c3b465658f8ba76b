using System.Buffers;
using System.IO.Pipelines;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Tests.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

public sealed class DeferringOutputTests
{
    private const int LentLength = 100_000;

    private int _letGo;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LastFlush_IsOverAtOnce_AndItsBytesGoAtTheEndOfTheRound()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        output.Write("answer"u8);
        output.DeferNext();

        await FlushedAtOnceAsync(output);
        // As the server does at the end of every answer.
        await FlushedAtOnceAsync(output);

        Assert.Equal((6, 0), (output.UnflushedBytes, accepted.Client.Available));
        Assert.Equal(1, round.Run());
        Assert.Equal((0, 0), (output.UnflushedBytes, accepted.Memory.Out));
        Assert.Equal("answer"u8.ToArray(), await accepted.ReceiveAsync(6));
    }

    [Fact]
    public async Task Flush_OfWhichThatIsNotSaid_SendsItself_AndWhatWasPutOff()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        await PutOffAsync(output, "answer"u8.ToArray());

        output.Write(" and more"u8);
        await output.FlushAsync(Stop);

        Assert.Equal("answer and more"u8.ToArray(), await accepted.ReceiveAsync(15));
        Assert.Equal(1, round.Run());
        Assert.Equal(0, accepted.Client.Available);
    }

    [Fact]
    public async Task Flush_OfAsMuchAsWasPutOffBefore_SendsItself()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        await PutOffAsync(output, "answer"u8.ToArray());
        output.Write("!"u8);
        await output.FlushAsync(Stop);

        output.Write("second"u8);
        await output.FlushAsync(Stop);

        Assert.Equal(0, output.UnflushedBytes);
        Assert.Equal("answer!second"u8.ToArray(), await accepted.ReceiveAsync(13));
    }

    [Fact]
    public async Task AnswersToPipelinedRequests_GoByOneCall()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        foreach (var answer in (byte[][])[[1], [2], [3]]) await PutOffAsync(output, answer);

        Assert.Equal(0, accepted.Client.Available);
        Assert.Equal(1, round.Run());
        Assert.Equal([1, 2, 3], await accepted.ReceiveAsync(3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flush_OnAThreadWithoutRounds_OrOfMuch_SendsItself(bool isMuch)
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = isMuch ? Create(accepted, round) : new SocketPipeWriter((PolledConnection)accepted.Connection, accepted.Memory, tryDefer: static _ => false);
        var answer = new byte[isMuch ? SocketPipeWriter.MostDeferred + 1 : 10];
        answer.AsSpan().Fill((byte)'a');
        output.Write(answer);
        output.DeferNext();
        var receiving = accepted.ReceiveAsync(answer.Length);

        await output.FlushAsync(Stop).AsTask().WaitAsync(TestBounds.Wait, Stop);

        Assert.Equal(0, round.Run());
        Assert.Equal(answer, await receiving);
    }

    [Fact]
    public async Task LentBytes_AreLetGoOnceTheyAreSent()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        var lent = Lend(output);

        await FlushedAtOnceAsync(output);
        // Whoever lends counts on them until then.
        Assert.Equal(0, _letGo);
        var receiving = accepted.ReceiveAsync(LentLength);
        round.Run();

        Assert.True((await receiving).AsSpan().SequenceEqual(lent));
        Assert.Equal(1, _letGo);
    }

    [Fact]
    public async Task LentBytes_ToAClientThatDoesNotRead_AreKept_AndTheNextAnswerWaitsForThem()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        accepted.Saturate();
        var sent = 0;
        byte[] lent = [];
        while (output.UnflushedBytes == 0)
        {
            lent = Lend(output);
            await output.FlushAsync(Stop);
            round.Run();
            sent++;
        }

        Assert.Equal(sent - 1, _letGo);
        Assert.False(output.TryDeferNext(static _ => Assert.Fail("It was refused."), this));
        output.Write("next"u8);
        output.DeferNext();
        var next = output.FlushAsync(Stop).AsTask();
        Assert.False(next.IsCompleted);

        for (var i = 0; i < sent; i++) Assert.True((await accepted.ReceiveAsync(LentLength)).AsSpan().SequenceEqual(lent));
        Assert.Equal("next"u8.ToArray(), await accepted.ReceiveAsync(4));
        await next.WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(sent, _letGo);
    }

    [Fact]
    public async Task LentBytes_OfAFlushThatIsCancelled_AreLetGo_AndSentAsTheyWere()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        var lent = Lend(output);
        var expected = lent.ToArray();
        output.CancelPendingFlush();

        Assert.True((await output.FlushAsync(Stop)).IsCanceled);
        Assert.Equal(1, _letGo);
        lent.AsSpan().Clear();

        var receiving = accepted.ReceiveAsync(LentLength);
        await output.FlushAsync(Stop);
        round.Run();
        Assert.True((await receiving).AsSpan().SequenceEqual(expected));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Completion_SendsWhatWasPutOff_AndLetsGo(bool hasError)
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        var lent = Lend(output);
        await output.FlushAsync(Stop);
        var receiving = accepted.ReceiveAsync(LentLength);

        await output.CompleteAsync(hasError ? new InvalidOperationException("on purpose") : null);

        Assert.True((await receiving).AsSpan().SequenceEqual(lent));
        await output.DrainAsync().WaitAsync(TestBounds.Wait, Stop);
        round.Run();
        Assert.Equal((1, 0), (_letGo, accepted.Memory.Out));
    }

    [Fact]
    public async Task BrokenConnection_LetsGo_AndSaysSoToTheNextFlush()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var round = new Later();
        var output = Create(accepted, round);
        Lend(output);
        await output.FlushAsync(Stop);

        accepted.Connection.Abort();
        round.Run();

        Assert.Equal(1, _letGo);
        output.Write("x"u8);
        Assert.True((await output.FlushAsync(Stop)).IsCompleted);
    }

    [Fact]
    public async Task LentBytes_ThatAreNeverFlushed_AreLetGoAtTheEnd()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = Create(accepted, new Later());
        Lend(output);

        await output.CompleteAsync(new InvalidOperationException("on purpose"));

        Assert.Equal(1, _letGo);
    }

    private static SocketPipeWriter Create(AcceptedConnection accepted, Later round) =>
        new((PolledConnection)accepted.Connection, accepted.Memory, tryDefer: round.TryAdd);

    private static async Task PutOffAsync(SocketPipeWriter output, byte[] answer)
    {
        output.Write(answer);
        output.DeferNext();
        await FlushedAtOnceAsync(output);
    }

    private static async Task FlushedAtOnceAsync(SocketPipeWriter output)
    {
        var flushing = output.FlushAsync(Stop).AsTask();
        Assert.True(flushing.IsCompleted);
        Assert.False((await flushing).IsCompleted);
    }

    private byte[] Lend(SocketPipeWriter output)
    {
        var lent = new byte[LentLength];
        for (var i = 0; i < lent.Length; i++) lent[i] = (byte)((i * 7) ^ (i >> 9));
        Assert.True(output.TryLend(lent));
        Assert.True(output.EndLoan(output.GetMemory(1)));
        output.Advance(lent.Length);
        Assert.True(output.TryDeferNext(static self => ((DeferringOutputTests)self)._letGo++, this));
        return lent;
    }
}
