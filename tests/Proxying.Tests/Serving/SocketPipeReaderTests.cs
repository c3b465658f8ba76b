using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Tests.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

public sealed class SocketPipeReaderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_ShowsWhatIsNotConsumed_AndWaitsOnlyWhenAllWasExamined()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        await accepted.SendAsync("hello"u8.ToArray());

        var result = await ReadAsync(input);
        Assert.Equal("hello", Text(result));
        input.AdvanceTo(result.Buffer.GetPosition(2), result.Buffer.GetPosition(3));
        result = await ReadAsync(input);
        Assert.Equal("llo", Text(result));
        input.AdvanceTo(result.Buffer.Start, result.Buffer.End);

        Assert.False(input.TryRead(out _));
        var reading = input.ReadAsync(Stop).AsTask();
        Assert.False(reading.IsCompleted);
        await accepted.SendAsync(" there"u8.ToArray());
        result = await reading.WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal("llo there", Text(result));
        input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task Read_OfManyBlocks_KeepsThemAsOneRow()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        var data = new byte[200_000];
        for (var i = 0; i < data.Length; i++) data[i] = (byte)(i % 251);
        var sending = accepted.SendAsync(data);

        var result = await ReadAsync(input);
        while (result.Buffer.Length < data.Length)
        {
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await ReadAsync(input);
        }

        await sending;
        Assert.True(result.Buffer.ToArray().AsSpan().SequenceEqual(data));
        input.AdvanceTo(result.Buffer.GetPosition(100_001));
        Assert.True((await ReadAsync(input)).Buffer.ToArray().AsSpan().SequenceEqual(data.AsSpan(100_001)));
        input.AdvanceTo(result.Buffer.End);
        Assert.Equal(0, accepted.Memory.Out);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UsePool_HasReadsEndOnThreadsThatMayBlock(bool usesPool)
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        if (usesPool) accepted.Connection.Features.Get<IPooledInput>()!.UsePool();

        var first = ReadWhereItEndsAsync(input);
        await accepted.SendAsync("hello"u8.ToArray());
        var (result, isPool) = await first.WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(usesPool, isPool);
        input.AdvanceTo(result.Buffer.GetPosition(2));

        // What has come already, a wait that is called off, and the end.
        result = await ReadAsync(input);
        Assert.Equal("llo", Text(result));
        input.AdvanceTo(result.Buffer.End);
        var reading = input.ReadAsync(Stop).AsTask();
        input.CancelPendingRead();
        Assert.True((await reading.WaitAsync(TestBounds.Wait, Stop)).IsCanceled);
        using var given = new CancellationTokenSource();
        reading = input.ReadAsync(given.Token).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TestBounds.Wait, Stop));
        accepted.Client.Shutdown(SocketShutdown.Send);
        Assert.True((await ReadAsync(input)).IsCompleted);
    }

    [Fact]
    public async Task Wait_HoldsNoMemory()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;

        var reading = input.ReadAsync(Stop).AsTask();
        Assert.Equal(0, accepted.Memory.Out);
        await accepted.SendAsync("x"u8.ToArray());
        var result = await reading.WaitAsync(TestBounds.Wait, Stop);
        Assert.Equal(1, accepted.Memory.Out);
        input.AdvanceTo(result.Buffer.End);

        Assert.Equal(0, accepted.Memory.Out);
    }

    [Fact]
    public async Task Read_ThatIsCancelled_SaysSo_AndTheNextGoesOn()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        var reading = input.ReadAsync(Stop).AsTask();

        input.CancelPendingRead();

        var result = await reading.WaitAsync(TestBounds.Wait, Stop);
        Assert.True(result.IsCanceled);
        Assert.False(result.IsCompleted);
        input.AdvanceTo(result.Buffer.End);
        await accepted.SendAsync("x"u8.ToArray());
        result = await ReadAsync(input);
        Assert.False(result.IsCanceled);
        Assert.Equal("x", Text(result));
    }

    [Fact]
    public async Task Read_WhoseTokenIsCancelled_Throws_AndTheNextGoesOn()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        using var cancellation = new CancellationTokenSource();
        var reading = input.ReadAsync(cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TestBounds.Wait, Stop));
        await accepted.SendAsync("x"u8.ToArray());
        Assert.Equal("x", Text(await ReadAsync(input)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_ThatIsCancelledWhileItTries_EndsAllTheSame(bool byToken)
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        using var cancellation = new CancellationTokenSource();
        // It has a signal to look after, finds nothing, and is cancelled in between, when it has not begun to wait.
        ((PolledConnection)accepted.Connection).Socket.WakeReceiver();
        accepted.Memory.Renting = () =>
        {
            accepted.Memory.Renting = null;
            if (byToken) cancellation.Cancel();
            else input.CancelPendingRead();
        };

        async Task<ReadResult> ReadAsync() => await input.ReadAsync(cancellation.Token).AsTask().WaitAsync(TestBounds.Wait, Stop);
        if (byToken) await Assert.ThrowsAnyAsync<OperationCanceledException>(ReadAsync);
        else Assert.True((await ReadAsync()).IsCanceled);
    }

    [Fact]
    public async Task Read_ThatIsCancelledWhileItTriesAgain_EndsAllTheSame()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        var reading = input.ReadAsync(Stop).AsTask();
        accepted.Memory.Renting = () =>
        {
            accepted.Memory.Renting = null;
            input.CancelPendingRead();
        };

        ((PolledConnection)accepted.Connection).Socket.WakeReceiver();

        Assert.True((await reading.WaitAsync(TestBounds.Wait, Stop)).IsCanceled);
    }

    [Fact]
    public async Task End_OfTheClient_IsTheEndOfTheInput_AndClosesTheConnection()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        await accepted.SendAsync("x"u8.ToArray());
        accepted.Client.Shutdown(SocketShutdown.Send);

        var result = await ReadAsync(input);
        while (!result.IsCompleted)
        {
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await ReadAsync(input);
        }

        Assert.Equal("x", Text(result));
        await ClosedAsync(accepted.Connection);
    }

    [Fact]
    public async Task End_OfTheClient_WhileNobodyReads_ClosesTheConnectionAfterAMoment()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        accepted.Client.Shutdown(SocketShutdown.Send);

        await EventuallyAsync(() => accepted.Time.Running > 0);
        Assert.False(accepted.Connection.ConnectionClosed.IsCancellationRequested);
        accepted.Time.Advance(TimeSpan.FromMilliseconds(250));

        await ClosedAsync(accepted.Connection);
    }

    [Fact]
    public async Task End_OfTheClient_BehindBytesThatNobodyHasRead_WaitsForTheReader()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var input = accepted.Connection.Transport.Input;
        await accepted.SendAsync("x"u8.ToArray());
        accepted.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, accepted.Time.Running);

        var result = await ReadAsync(input);
        Assert.Equal("x", Text(result));
        if (!result.IsCompleted)
        {
            input.AdvanceTo(result.Buffer.End);
            Assert.True((await ReadAsync(input)).IsCompleted);
        }

        await ClosedAsync(accepted.Connection);
    }

    [Fact]
    public async Task Reset_OfTheClient_ThrowsWhatTheServerKnows()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var reading = accepted.Connection.Transport.Input.ReadAsync(Stop).AsTask();

        accepted.Client.Close(0);

        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WaitAsync(TestBounds.Wait, Stop));
        await ClosedAsync(accepted.Connection);
    }

    [Fact]
    public async Task Reset_OfTheClient_WhileNobodyReads_ClosesTheConnectionAtOnce()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();

        accepted.Client.Close(0);

        await ClosedAsync(accepted.Connection);
    }

    [Fact]
    public async Task Abort_EndsTheRead_WithItsReason_AndResetsTheClient()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var reading = accepted.Connection.Transport.Input.ReadAsync(Stop).AsTask();
        var reason = new ConnectionAbortedException("enough");

        accepted.Connection.Abort(reason);

        Assert.Same(reason, await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(TestBounds.Wait, Stop)));
        var e = await Assert.ThrowsAsync<SocketException>(() => accepted.Client.ReceiveAsync(new byte[1], Stop).AsTask());
        Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        await ClosedAsync(accepted.Connection);
    }

    /// <summary>Reads, and tells whether it goes on on a thread of the pool.</summary>
    private static async Task<(ReadResult Result, bool IsPool)> ReadWhereItEndsAsync(PipeReader input)
    {
        var result = await input.ReadAsync(Stop).ConfigureAwait(false);
        return (result, Thread.CurrentThread.IsThreadPoolThread);
    }

    private static async Task<ReadResult> ReadAsync(PipeReader input) => await input.ReadAsync(Stop).AsTask().WaitAsync(TestBounds.Wait, Stop);

    private static string Text(ReadResult result) => Encoding.ASCII.GetString(result.Buffer);

    private static async Task ClosedAsync(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task.WaitAsync(TestBounds.Wait, Stop);
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TestBounds.Wait);
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
