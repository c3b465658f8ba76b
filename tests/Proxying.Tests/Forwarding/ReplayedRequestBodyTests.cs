using System.Diagnostics.Tracing;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Tests.Forwarding;

/// <summary>A body that one attempt has begun to send is whole for the next one, as long as it is no longer than what may be kept; and what was kept goes back to the pool.</summary>
public sealed class ReplayedRequestBodyTests : IDisposable
{
    private const int Bound = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ForwardScope _scope = new(TimeProvider.System);
    private readonly DefaultHttpContext _context = new();
    private readonly Pipe _client = new(new PipeOptions(pauseWriterThreshold: 0));

    public ReplayedRequestBodyTests() => _context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(_client.Reader));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task WriteTo_AfterAnAttemptThatBroke_SendsAllFromTheBeginning(int taken)
    {
        using var body = Kept();
        await SendAsync("first");
        await Assert.ThrowsAsync<IOException>(() => body.WriteToAsync(new BreakingStream(taken), CancellationToken.None).WaitAsync(Patience));
        await SendAsync(" and the rest");
        _client.Writer.Complete();

        Assert.True(body.CanBeSent);
        Assert.Equal("first and the rest", await ReadAsync(body));
        Assert.Equal("first and the rest", await ReadAsync(body));
    }

    [Fact]
    public async Task WriteTo_AttemptIsCancelledWhileTheClientIsWaitedFor_GoesOnWhereItStopped()
    {
        using var body = Kept();
        using var ending = new CancellationTokenSource();
        await SendAsync("first");
        var target = new BreakingStream(int.MaxValue);
        var sending = body.WriteToAsync(target, ending.Token);
        Assert.Equal("first", target.Text);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Patience));
        await SendAsync(" and the rest");
        _client.Writer.Complete();

        Assert.Equal("first and the rest", await ReadAsync(body));
    }

    [Fact]
    public async Task WriteTo_SecondAttemptBeginsBeforeTheFirstHasStopped_WaitsForIt()
    {
        using var body = Kept();
        using var ending = new CancellationTokenSource();
        await SendAsync("first");
        var slow = new GatedStream();
        var sending = body.WriteToAsync(slow, ending.Token);
        await ending.CancelAsync();
        _client.Writer.Complete();
        var target = new BreakingStream(int.MaxValue);
        var again = body.WriteToAsync(target, CancellationToken.None);
        Assert.False(again.IsCompleted);
        slow.Open();
        // All had been handed over by then: how the first one ends is its own affair.
        await Task.WhenAny(sending).WaitAsync(Patience);
        await again.WaitAsync(Patience);

        Assert.Equal("first", target.Text);
    }

    [Theory]
    [InlineData(Bound, true)]
    [InlineData(Bound + 1, false)]
    public async Task CanBeSent_BodyAroundTheBound_IsYesUpToIt(int length, bool expected)
    {
        using var body = Kept();
        await SendAsync(new string('x', length));
        _client.Writer.Complete();
        Assert.Equal(length, (await ReadAsync(body)).Length);

        Assert.Equal(expected, body.CanBeSent);
        if (expected) Assert.Equal(length, (await ReadAsync(body)).Length);
        else await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(body));
    }

    [Fact]
    public async Task Keep_BodyThatSaysItIsTooLong_KeepsNothing()
    {
        using var body = new ForwardedRequestBody(_context, _scope);
        body.Headers.ContentLength = Bound + 1;
        body.Keep(Bound);
        Assert.True(body.CanBeSent);
        await SendAsync("a little");
        using var pool = new WatchedPool();
        var target = new BreakingStream("a little".Length);
        var sending = body.WriteToAsync(target, CancellationToken.None);

        Assert.True(sending.IsFaulted);
        await Assert.ThrowsAsync<IOException>(() => sending);
        Assert.False(body.CanBeSent);
        Assert.Empty(pool.Rented);
    }

    [Fact]
    public async Task CanBeSent_ClientFailed_IsNo()
    {
        using var body = Kept();
        _client.Writer.Complete(new IOException("The client is gone."));
        await Assert.ThrowsAsync<IOException>(() => body.WriteToAsync(Stream.Null, CancellationToken.None).WaitAsync(Patience));

        Assert.False(body.CanBeSent);
    }

    [Fact]
    public async Task TryCopy_BodyThatIsWhole_IsTheSameWithItsFields_AndNoneBefore()
    {
        using var body = Kept();
        body.Headers.TryAddWithoutValidation("Content-Type", "text/odd");
        Assert.Null(body.TryCopy());
        await SendAsync("all of it");
        _client.Writer.Complete();
        await ReadAsync(body);
        using var copy = body.TryCopy()!;

        Assert.Equal("all of it", await copy.ReadAsStringAsync());
        Assert.Equal("text/odd", copy.Headers.NonValidated["Content-Type"].ToString());
    }

    [Theory]
    [InlineData("no further attempt")]
    [InlineData("disposed")]
    [InlineData("let go after it was held")]
    [InlineData("too long in the end")]
    public async Task Kept_WhenItIsOfNoUseAnyMore_GoesBackToThePool(string end)
    {
        using var body = Kept();
        if (end.StartsWith("let go", StringComparison.Ordinal)) body.Hold(Bound);
        await SendAsync(new string('x', Bound));
        using var pool = new WatchedPool();
        var sending = body.WriteToAsync(Stream.Null, CancellationToken.None);
        Assert.Equal(2, pool.Rented.Count);
        Assert.Empty(pool.Returned);

        if (end.StartsWith("too long", StringComparison.Ordinal)) await TakeOneMoreAsync(sending, pool);
        else if (end.StartsWith("disposed", StringComparison.Ordinal)) body.Dispose();
        else body.StopKeeping();
        if (end.StartsWith("let go", StringComparison.Ordinal))
        {
            Assert.Empty(pool.Returned);
            body.LetGo();
        }

        Assert.Equal(pool.Rented.Order(), pool.Returned.Order());
        _client.Writer.Complete();
        await sending.WaitAsync(Patience);
    }

    public void Dispose() => _scope.Dispose();

    private async Task TakeOneMoreAsync(Task sending, WatchedPool pool)
    {
        pool.SeesAllThreads = true;
        await SendAsync("y");
        _client.Writer.Complete();
        await sending.WaitAsync(Patience);
    }

    private ForwardedRequestBody Kept()
    {
        var body = new ForwardedRequestBody(_context, _scope);
        body.Keep(Bound);
        return body;
    }

    private async Task SendAsync(string text) => await _client.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReadAsync(ForwardedRequestBody body)
    {
        var target = new BreakingStream(int.MaxValue);
        await body.WriteToAsync(target, CancellationToken.None).WaitAsync(Patience);
        return target.Text;
    }

    private sealed class BodyPipe(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    /// <summary>Takes so many bytes, and fails with those that follow.</summary>
    private sealed class BreakingStream(int after) : MemoryStream
    {
        public string Text => Encoding.ASCII.GetString(ToArray());

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Length + buffer.Length > after) throw new IOException("The destination takes no more.");
            return base.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            Length >= after ? Task.FromException(new IOException("The destination takes no more.")) : Task.CompletedTask;
    }

    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _gate.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await _gate.Task;
    }

    /// <summary>What this thread rents of the shared pool in the size of the blocks, and gives back.</summary>
    private sealed class WatchedPool : EventListener
    {
        private const int BlockSize = 8 * 1024;
        private const int RentedEvent = 1;
        private const int ReturnedEvent = 3;

        private readonly int _thread = Environment.CurrentManagedThreadId;

        public List<int> Rented { get; } = [];

        public List<int> Returned { get; } = [];

        /// <summary>Whether blocks of ours that other threads give back count: what follows is not this thread's alone.</summary>
        public bool SeesAllThreads { get; set; }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Buffers.ArrayPoolEventSource") EnableEvents(eventSource, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventId is not (RentedEvent or ReturnedEvent) || (int)eventData.Payload![1]! != BlockSize) return;
            var id = (int)eventData.Payload[0]!;
            if (eventData.EventId == RentedEvent && Environment.CurrentManagedThreadId == _thread && !SeesAllThreads) Rented.Add(id);
            else if (eventData.EventId == ReturnedEvent && Rented.Contains(id) && (SeesAllThreads || Environment.CurrentManagedThreadId == _thread)) Returned.Add(id);
        }
    }
}
