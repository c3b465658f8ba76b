using System.Buffers;
using System.IO.Pipelines;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Tests.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

public sealed class SocketPipeWriterTests
{
    /// <summary>More than the kernel keeps for a client that does not read.</summary>
    private const int TooMuch = 32 * 1024 * 1024;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(OutgoingBytes.MostAtOnce)]
    [InlineData(OutgoingBytes.MostAtOnce + 1)]
    [InlineData(300_000)]
    public async Task Flush_SendsWhatWasWritten_HoweverManyBlocks_AndKeepsNoMemory(int length)
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        var data = Pattern(length);

        WriteInPieces(output, data, 777);
        Assert.Equal(length, output.UnflushedBytes);
        var result = await output.FlushAsync(Stop).AsTask().WaitAsync(TestBounds.Wait, Stop);

        Assert.False(result.IsCompleted);
        Assert.Equal(0, output.UnflushedBytes);
        Assert.Equal(0, accepted.Memory.Out);
        await accepted.Connection.DisposeAsync();
        Assert.True((await accepted.ReceiveToEndAsync()).AsSpan().SequenceEqual(data));
    }

    [Fact]
    public async Task GetMemory_OfMoreThanABlock_GivesSoMuch()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        output.Write("ab"u8);
        var data = Pattern(100_000);

        data.CopyTo(output.GetMemory(data.Length));
        output.Advance(data.Length);
        output.Write("yz"u8);
        await output.FlushAsync(Stop);

        await accepted.Connection.DisposeAsync();
        Assert.True((await accepted.ReceiveToEndAsync()).AsSpan().SequenceEqual([.. "ab"u8, .. data, .. "yz"u8]));
    }

    [Fact]
    public async Task Flush_WhileMemoryIsBeingFilled_LeavesItWhole()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        output.Write("ab"u8);
        var room = output.GetMemory(2);

        await output.FlushAsync(Stop);
        "cd"u8.CopyTo(room.Span);
        output.Advance(2);
        await output.FlushAsync(Stop);

        Assert.Equal(0, accepted.Memory.Out);
        await accepted.Connection.DisposeAsync();
        Assert.Equal("abcd"u8.ToArray(), await accepted.ReceiveToEndAsync());
    }

    [Fact]
    public async Task Flush_ToAClientThatDoesNotRead_Waits_AndTheEndOfTheConnectionWaitsForIt()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        var data = Pattern(TooMuch);
        WriteInPieces(output, data, 16 * 1024);
        var flushing = output.FlushAsync(Stop).AsTask();
        Assert.False(flushing.IsCompleted);

        await output.CompleteAsync();
        var disposing = accepted.Connection.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);

        Assert.True((await accepted.ReceiveToEndAsync()).AsSpan().SequenceEqual(data));
        Assert.False((await flushing.WaitAsync(TestBounds.Wait, Stop)).IsCompleted);
        await disposing.WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(0, accepted.Memory.Out);
    }

    [Fact]
    public async Task Flush_ThatIsCancelled_SaysSo_AndTheNextSendsTheRest()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        var data = Pattern(TooMuch);
        WriteInPieces(output, data, 16 * 1024);
        var flushing = output.FlushAsync(Stop).AsTask();

        output.CancelPendingFlush();

        Assert.True((await flushing.WaitAsync(TestBounds.Wait, Stop)).IsCanceled);
        output.Write("end"u8);
        var receiving = accepted.ReceiveToEndAsync();
        Assert.False((await output.FlushAsync(Stop).AsTask().WaitAsync(TestBounds.Wait, Stop)).IsCanceled);
        await accepted.Connection.DisposeAsync();
        Assert.True((await receiving).AsSpan().SequenceEqual([.. data, .. "end"u8]));
    }

    [Fact]
    public async Task Flush_WhoseTokenIsCancelled_Throws()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        WriteInPieces(output, Pattern(TooMuch), 16 * 1024);
        using var cancellation = new CancellationTokenSource();
        var flushing = output.FlushAsync(cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing.WaitAsync(TestBounds.Wait, Stop));
    }

    [Fact]
    public async Task Flush_ToAClientThatHasGone_IsTheEndOfTheOutput()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        WriteInPieces(output, Pattern(TooMuch), 16 * 1024);
        var flushing = output.FlushAsync(Stop).AsTask();

        accepted.Client.Close(0);

        Assert.True((await flushing.WaitAsync(TestBounds.Wait, Stop)).IsCompleted);
        output.Write("x"u8);
        Assert.True((await output.FlushAsync(Stop)).IsCompleted);
        Assert.Equal(0, accepted.Memory.Out);
    }

    [Fact]
    public async Task Abort_EndsAFlushThatWaits()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        WriteInPieces(output, Pattern(TooMuch), 16 * 1024);
        var flushing = output.FlushAsync(Stop).AsTask();

        accepted.Connection.Abort();

        Assert.True((await flushing.WaitAsync(TestBounds.Wait, Stop)).IsCompleted);
    }

    [Fact]
    public async Task Loan_IsSentFromWhereItLies_BetweenWhatIsWritten()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        var lent = Pattern(50_000);

        output.Write("head"u8);
        Lend(accepted, lent.AsMemory(10, 40_000));
        output.Write("tail"u8);
        // Until the flush it is the lender's memory that counts.
        lent[10] = (byte)'!';
        await output.FlushAsync(Stop);

        await accepted.Connection.DisposeAsync();
        Assert.True((await accepted.ReceiveToEndAsync()).AsSpan().SequenceEqual([.. "head"u8, .. lent.AsSpan(10, 40_000), .. "tail"u8]));
    }

    [Theory]
    [InlineData(32 * 1024, 3)]
    [InlineData(32 * 1024, 7)]
    [InlineData(1, 9)]
    [InlineData(OutgoingBytes.MostLent, 2)]
    public async Task Loans_AreSentInOrder_HoweverManyCallsTheyTake(int length, int count)
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        var lent = Pattern(length * count);

        output.Write("head"u8);
        for (var i = 0; i < count; i++) Lend(accepted, lent.AsMemory(i * length, length));
        var receiving = accepted.ReceiveAsync(4 + lent.Length);
        await output.FlushAsync(Stop);

        Assert.True((await receiving).AsSpan().SequenceEqual([.. "head"u8, .. lent]));
        Assert.Equal(0, accepted.Memory.Out);
    }

    [Fact]
    public async Task Loan_OfSeveralParts_IsWrittenByOneAdvance()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        var lent = Pattern(OutgoingBytes.MostLent);

        output.Write("head"u8);
        Lend(accepted, lent.AsMemory(0, 100), lent.AsMemory(100, 64 * 1024), lent.AsMemory(100 + (64 * 1024)));
        output.Write("tail"u8);
        var receiving = accepted.ReceiveAsync(8 + lent.Length);
        await output.FlushAsync(Stop);

        Assert.True((await receiving).AsSpan().SequenceEqual([.. "head"u8, .. lent, .. "tail"u8]));
    }

    [Fact]
    public async Task Loan_ThatNobodyAskedFor_IsForgotten()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var lender = Lender(accepted);
        var output = accepted.Connection.Transport.Output;

        Assert.True(lender.TryLend("lent"u8.ToArray()));
        Assert.False(lender.EndLoan(default));
        output.Write("written"u8);
        await output.FlushAsync(Stop);

        Assert.Equal("written"u8.ToArray(), await accepted.ReceiveAsync(7));
    }

    [Fact]
    public async Task Loan_ForWhichOtherMemoryWasGiven_IsForgotten()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var lender = Lender(accepted);
        var output = accepted.Connection.Transport.Output;

        Assert.True(lender.TryLend("lent"u8.ToArray()));
        output.GetMemory(1);
        Assert.False(lender.EndLoan(new byte[4]));
        output.Write("written"u8);
        await output.FlushAsync(Stop);

        Assert.Equal("written"u8.ToArray(), await accepted.ReceiveAsync(7));
    }

    [Fact]
    public async Task Loan_IsNotForAnotherThread()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var lender = Lender(accepted);
        Memory<byte> room = default;
        Assert.True(lender.TryLend(new byte[100]));

        var other = new Thread(() => room = accepted.Connection.Transport.Output.GetMemory(1));
        other.Start();
        other.Join();

        Assert.False(lender.EndLoan(room));
    }

    [Fact]
    public async Task Loan_OfMoreThanGoesAtOnce_OrOfMemoryThatIsNoArray_IsRefused()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var lender = Lender(accepted);
        using IMemoryOwner<byte> other = new OtherMemory(10);

        Assert.False(lender.TryLend(new byte[OutgoingBytes.MostLent + 1]));
        Assert.False(lender.TryLend(other.Memory));
        Assert.True(lender.TryLend(new byte[OutgoingBytes.MostLent]));
        Assert.False(lender.TryLend(new byte[1]));
        lender.EndLoan(default);
    }

    [Fact]
    public async Task Loan_IsWrittenWhole()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var lender = Lender(accepted);
        var output = accepted.Connection.Transport.Output;
        lender.TryLend(new byte[10]);
        Assert.True(lender.EndLoan(output.GetMemory(1)));

        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(9));
    }

    [Fact]
    public async Task Connection_LendsOnlyWhileNobodyElseStandsBetween()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var own = accepted.Connection.Transport;
        Assert.True(Lender(accepted).CanLend);

        accepted.Connection.Transport = new DuplexPipe(own.Input, own.Output);

        Assert.False(Lender(accepted).CanLend);
        accepted.Connection.Transport = own;
    }

    [Fact]
    public async Task Loan_IsOverWithAFlushThatIsCancelled_ButWhatWasLentIsSent()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        WriteInPieces(output, Pattern(TooMuch), 16 * 1024);
        var lent = Pattern(10_000);
        var expected = lent.ToArray();
        Lend(accepted, lent);
        var flushing = output.FlushAsync(Stop).AsTask();

        output.CancelPendingFlush();
        await flushing.WaitAsync(TestBounds.Wait, Stop);
        lent.AsSpan().Clear();

        var receiving = accepted.ReceiveToEndAsync();
        await output.FlushAsync(Stop).AsTask().WaitAsync(TestBounds.Wait, Stop);
        await accepted.Connection.DisposeAsync();
        Assert.True((await receiving).AsSpan(TooMuch).SequenceEqual(expected));
    }

    [Fact]
    public async Task Loan_IsOverWithAFlushThatWasCancelledBeforeItBegan_ButWhatWasLentIsSent()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        var lent = Pattern(10_000);
        var expected = lent.ToArray();
        Lend(accepted, lent);

        output.CancelPendingFlush();
        Assert.True((await output.FlushAsync(Stop)).IsCanceled);
        lent.AsSpan().Clear();

        await output.FlushAsync(Stop);
        Assert.True((await accepted.ReceiveAsync(10_000)).AsSpan().SequenceEqual(expected));
    }

    [Fact]
    public async Task ClientThatNeverReads_HoldsTheEndOfTheConnectionForABoundedTime()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var output = accepted.Connection.Transport.Output;
        WriteInPieces(output, Pattern(TooMuch), 16 * 1024);
        var flushing = output.FlushAsync(Stop).AsTask();
        output.CancelPendingFlush();
        await flushing.WaitAsync(TestBounds.Wait, Stop);
        var left = output.UnflushedBytes;

        var disposing = accepted.Connection.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        accepted.Time.Advance(PolledConnection.LongestEnd(left));

        await disposing.WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(0, accepted.Memory.Out);
    }

    private static ILendingOutput Lender(AcceptedConnection accepted) => accepted.Connection.Features.Get<ILendingOutput>()!;

    private static void Lend(AcceptedConnection accepted, params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var length = 0;
        foreach (var part in parts)
        {
            Assert.True(Lender(accepted).TryLend(part));
            length += part.Length;
        }

        Assert.True(Lender(accepted).EndLoan(accepted.Connection.Transport.Output.GetMemory(1)));
        accepted.Connection.Transport.Output.Advance(length);
    }

    private static byte[] Pattern(int length)
    {
        var data = new byte[length];
        for (var i = 0; i < length; i++) data[i] = (byte)((i * 7) ^ (i >> 9));
        return data;
    }

    private static void WriteInPieces(PipeWriter output, ReadOnlySpan<byte> data, int piece)
    {
        for (; !data.IsEmpty; data = data[Math.Min(piece, data.Length)..]) output.Write(data[..Math.Min(piece, data.Length)]);
    }

    private sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Memory that does not show the array behind it.</summary>
    private sealed class OtherMemory(int length) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[length];

        public override Span<byte> GetSpan() => _bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
