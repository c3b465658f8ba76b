using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Tests.Forwarding;

public sealed class ForwardedRequestBodyTests : IDisposable
{
    private readonly ForwardScope _scope = new(TimeProvider.System);
    private readonly DefaultHttpContext _context = new();
    private readonly WatchedReader _reader;

    public ForwardedRequestBodyTests()
    {
        _context.Request.Headers.Expect = "100-continue";
        _reader = new WatchedReader(() => _context.Request.Headers.Expect.Count > 0);
        _context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(_reader));
    }

    // The server sends its 100 from within the first read, and only while the request has the field.
    [Fact]
    public async Task WriteTo_AfterAResponseIsAboutToBegin_ReadsWithoutTheExpectation()
    {
        using var body = new ForwardedRequestBody(_context, _scope);

        body.ForbidContinue();
        await body.WriteToAsync(Stream.Null, CancellationToken.None);

        Assert.Equal([false], _reader.SawExpectation);
    }

    [Fact]
    public async Task ForbidContinue_WhileTheServerSendsIts100_WaitsForIt()
    {
        using var body = new ForwardedRequestBody(_context, _scope);
        using var sending = new ManualResetEventSlim();
        using var sent = new ManualResetEventSlim();
        _reader.InRead = () =>
        {
            sending.Set();
            sent.Wait(TimeSpan.FromSeconds(20));
        };
        var writing = Task.Run(() => body.WriteToAsync(Stream.Null, CancellationToken.None));
        Assert.True(sending.Wait(TimeSpan.FromSeconds(20)));

        var forbidding = Task.Run(body.ForbidContinue);
        await Assert.ThrowsAsync<TimeoutException>(() => forbidding.WaitAsync(TimeSpan.FromMilliseconds(50)));
        sent.Set();
        await forbidding.WaitAsync(TimeSpan.FromSeconds(20));
        await writing.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal([true], _reader.SawExpectation);
    }

    // The server reads what is left of a body itself, and cannot do that beside a read that is still pending.
    [Fact]
    public async Task WriteTo_DestinationFailsWhileTheClientIsWaitedFor_TakesItsReadBack()
    {
        var pipe = new Pipe();
        _context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(pipe.Reader));
        using var body = new ForwardedRequestBody(_context, _scope);

        await Assert.ThrowsAsync<IOException>(() => body.WriteToAsync(new BrokenStream(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));

        pipe.Writer.Complete();
        Assert.True((await pipe.Reader.ReadAsync()).IsCompleted);
    }

    // A destination may refuse a request by its head: nothing of the body is lost then, however long it is.
    [Fact]
    public async Task WriteTo_AttemptBeforeItHasTakenNothing_SendsAllOfIt_ThoughNothingIsKept()
    {
        var pipe = new Pipe();
        _context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(pipe.Reader));
        using var body = new ForwardedRequestBody(_context, _scope);
        body.Headers.ContentLength = 100;
        body.Keep(maxBytes: 10);
        await Assert.ThrowsAsync<IOException>(() => body.WriteToAsync(new BrokenStream(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
        await pipe.Writer.WriteAsync(new byte[100]);
        pipe.Writer.Complete();

        Assert.True(body.CanBeSent);
        using var second = new MemoryStream();
        await body.WriteToAsync(second, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(100, second.Length);
        Assert.False(body.CanBeSent);
    }

    public void Dispose() => _scope.Dispose();

    private sealed class BodyPipe(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    private sealed class WatchedReader(Func<bool> expects) : PipeReader
    {
        public List<bool> SawExpectation { get; } = [];

        public Action? InRead { get; set; }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            InRead?.Invoke();
            SawExpectation.Add(expects());
            return new(new ReadResult(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true));
        }

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw new IOException("The destination takes no more.");
        }
    }
}
