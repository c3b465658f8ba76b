using System.Net;
using System.Net.Http.Json;
using System.Text;
using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>The body of a repeated request is the same body, or the request is not repeated.</summary>
public sealed class ReplayedBodyTests
{
    private readonly List<string> _bodies = [];

    public static TheoryData<string> Contents => ["bytes", "text", "form", "memory", "json", "stream", "unknown", "parts"];

    [Theory]
    [MemberData(nameof(Contents))]
    public async Task Send_FirstAttemptFailsAfterTheBody_SecondSendsTheSame(string kind)
    {
        using var bench = new ResilienceBench(ReadThenBreak("a", int.MaxValue));
        using var content = Make(kind);
        using var request = Request("PUT", content);
        using var response = await bench.SendAsync(request);
        Assert.Equal("ab", bench.AskedInOrder);
        Assert.NotEmpty(_bodies[0]);
        Assert.Equal(_bodies[0], _bodies[1]);
        Assert.Same(content, request.Content);
    }

    [Fact]
    public async Task Send_StreamBreaksInTheMiddle_SecondAttemptGoesOnWhereItStopped()
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i:D5},")));
        using var bench = new ResilienceBench(ReadThenBreak("a", 20_000));
        using var response = await bench.SendAsync("PUT", new StreamContent(new OneWayStream(bytes)));
        Assert.Equal("ab", bench.AskedInOrder);
        Assert.Equal(Encoding.ASCII.GetString(bytes), _bodies[^1]);
    }

    [Theory]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    public async Task Send_StreamLongerThanWhatIsKept_IsSentOnce(int length, bool isRepeated)
    {
        using var bench = new ResilienceBench(ReadThenBreak("a", int.MaxValue));
        var sending = bench.SendAsync("PUT", new StreamContent(new OneWayStream(new byte[length])));
        if (isRepeated) (await sending).Dispose();
        else await Assert.ThrowsAsync<AttemptException>(() => sending);
        Assert.Equal(isRepeated ? "ab" : "a", bench.AskedInOrder);
        Assert.All(_bodies, b => Assert.Equal(length, b.Length));
    }

    [Fact]
    public async Task Send_ContentThatPushesBreaksInTheMiddle_IsNotRepeated()
    {
        using var bench = new ResilienceBench(ReadThenBreak("a", 3));
        await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync("PUT", new Pushing("first", "second")));
        Assert.Equal("a", bench.AskedInOrder);
    }

    [Fact]
    public async Task Send_NothingWasConnected_SendsAnyBodyHoweverLong()
    {
        var isFirst = true;
        using var bench = new ResilienceBench(async (_, request, token) =>
        {
            if (isFirst)
            {
                isFirst = false;
                throw Failure(SentState.NotConnected);
            }

            _bodies.Add(await request.Content!.ReadAsStringAsync(token));
            return Ok();
        });
        using var response = await bench.SendAsync("POST", new StreamContent(new OneWayStream(new byte[100_000])));
        Assert.Equal(100_000, Assert.Single(_bodies).Length);
    }

    [Fact]
    public async Task Send_PostOverHttp1_SendsTheCallersContentItself()
    {
        HttpContent? seen = null;
        using var bench = new ResilienceBench((_, request, _) =>
        {
            seen = request.Content;
            return Task.FromResult(Ok());
        });
        using var content = new StreamContent(new OneWayStream([1]));
        (await bench.SendAsync("POST", content)).Dispose();
        Assert.Same(content, seen);
    }

    [Fact]
    public async Task Send_KeptBody_KeepsTheFieldsOfTheContent()
    {
        var fields = new List<string>();
        using var bench = new ResilienceBench((id, request, _) =>
        {
            fields.Add(string.Join('|', request.Content!.Headers.NonValidated.Select(f => $"{f.Key}: {f.Value}")));
            return id == "a" ? Task.FromException<HttpResponseMessage>(Failure(SentState.AllSent)) : Task.FromResult(Ok());
        });
        using var content = new StreamContent(new MemoryStream([1, 2]));
        content.Headers.TryAddWithoutValidation("Content-Type", "text/odd");
        content.Headers.TryAddWithoutValidation("Content-Length", "2");
        (await bench.SendAsync("PUT", content)).Dispose();
        Assert.Equal(["Content-Type: text/odd|Content-Length: 2", "Content-Type: text/odd|Content-Length: 2"], fields);
    }

    [Fact]
    public async Task ReplayBuffer_BytesOverItsBound_KeepsNothing()
    {
        var buffer = new ReplayBuffer(10_000);
        buffer.Append(new byte[9_999]);
        buffer.Append([7]);
        Assert.True(buffer.HoldsAll);
        Assert.Equal(10_000, buffer.ToArray()!.Length);
        buffer.Append([8]);
        Assert.False(buffer.HoldsAll);
        Assert.Null(buffer.ToArray());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await buffer.CopyToAsync(Stream.Null, CancellationToken.None));
    }

    [Fact]
    public async Task ReplayBuffer_ReleasedWhileItIsRead_GivesItsBlocksBackAfterwards()
    {
        var buffer = new ReplayBuffer(100_000);
        var bytes = new byte[50_000];
        new Random(1).NextBytes(bytes);
        buffer.Append(bytes);
        var target = new GatedStream();
        var copying = buffer.CopyToAsync(target, CancellationToken.None).AsTask();
        buffer.Release();
        // Whoever rents next must not get what is still read.
        for (var i = 0; i < 20; i++) System.Buffers.ArrayPool<byte>.Shared.Rent(8 * 1024).AsSpan().Fill(0xEE);
        target.Open();
        await copying.WaitAsync(Bound);
        Assert.Equal(bytes, target.Written.ToArray());
        Assert.False(buffer.HoldsAll);
    }

    private Func<string, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> ReadThenBreak(string ids, int after) => async (id, request, token) =>
    {
        using var target = new BreakingStream(ids.Contains(id, StringComparison.Ordinal) ? after : int.MaxValue);
        try
        {
            await request.Content!.CopyToAsync(target, token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Failure(SentState.PartSent, AttemptFailureKinds.ConnectionTerminated);
        }

        _bodies.Add(Encoding.Latin1.GetString(target.Written.ToArray()));
        return ids.Contains(id, StringComparison.Ordinal) ? throw Failure(SentState.AllSent, AttemptFailureKinds.ConnectionTerminated) : Ok();
    };

    private static HttpContent Make(string kind) => kind switch
    {
        "bytes" => new ByteArrayContent([1, 2, 3]),
        "text" => new StringContent("text"),
        "form" => new FormUrlEncodedContent([new("a", "b")]),
        "memory" => new ReadOnlyMemoryContent(new byte[] { 1, 2, 3 }),
        "json" => JsonContent.Create(new[] { 1, 2, 3 }),
        "stream" => new StreamContent(new OneWayStream([1, 2, 3])),
        "unknown" => new Pushing("first", "second"),
        _ => new MultipartFormDataContent("line") { { new StringContent("x"), "n" } },
    };

    /// <summary>Content that can be written once.</summary>
    private sealed class Pushing(params string[] pieces) : HttpContent
    {
        private bool _isSpent;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            if (_isSpent) throw new InvalidOperationException("Spent.");
            _isSpent = true;
            foreach (var piece in pieces) await stream.WriteAsync(Encoding.ASCII.GetBytes(piece));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    private sealed class BreakingStream(int after) : MemoryStream
    {
        public MemoryStream Written => this;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Length + buffer.Length > after) throw new IOException("Scripted.");
            return base.WriteAsync(buffer, cancellationToken);
        }
    }

    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public MemoryStream Written => this;

        public void Open() => _gate.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _gate.Task.WaitAsync(cancellationToken);
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
