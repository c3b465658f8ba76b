using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>What a server reads through the guard, and what the guard says in its place.</summary>
public sealed class GuardedPipeReaderTests : IDisposable
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

    private readonly Pipe _in = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _out = new(new PipeOptions(useSynchronizationContext: false));
    private readonly GuardedPipeReader _reader;
    private readonly ManualTimeProvider _time = new();
    private readonly GuardedPipeWriter _writer;

    public GuardedPipeReaderTests()
    {
        var guard = new RequestGuard(new RequestGuardOptions(), TimeSpan.FromSeconds(30), _time, NullLogger.Instance);
        _writer = new GuardedPipeWriter(_out.Writer);
        _reader = new GuardedPipeReader(_in.Reader, _writer, guard, "c", mayBeTls: true);
    }

    public void Dispose() => _reader.Release();

    [Fact]
    public async Task Read_HeadInPieces_IsShownWhenItIsWhole()
    {
        var reading = _reader.ReadAsync();
        for (var i = 0; i < Get.Length; i++)
        {
            Assert.False(reading.IsCompleted);
            await SendAsync(Get[i].ToString());
        }

        var result = await reading;
        Assert.Equal(Get, TextOf(result));
    }

    [Fact]
    public async Task Read_ConsumedOctetByOctet_ShowsTheRestAgain()
    {
        await SendAsync("\r\n" + Get + "\r\n" + Get);
        var shown = new StringBuilder();
        for (var i = 0; i < 2 * Get.Length; i++)
        {
            var result = await _reader.ReadAsync();
            shown.Append((char)result.Buffer.FirstSpan[0]);
            _reader.AdvanceTo(result.Buffer.GetPosition(1));
        }

        Assert.Equal(Get + Get, shown.ToString());
        Assert.False(_reader.TryRead(out _));
    }

    [Fact]
    public async Task Read_ExaminedButNotConsumed_WaitsForMore()
    {
        await SendAsync(Post + "5\r\nhe");
        var first = await _reader.ReadAsync();
        Assert.Equal(Post + "5\r\nhe", TextOf(first));
        _reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        var reading = _reader.ReadAsync();
        Assert.False(reading.IsCompleted);
        await SendAsync("llo");

        Assert.Equal(Post + "5\r\nhello", TextOf(await reading));
    }

    [Fact]
    public async Task Read_Refused_AnswersAndEnds()
    {
        await SendAsync(Get + "GET / HTTP/1.1\r\nHost : a\r\n\r\n" + Get);
        await ConsumeAsync();
        Assert.False(_out.Reader.TryRead(out _));

        var end = await _reader.ReadAsync();

        Assert.True(end.IsCompleted);
        Assert.True(end.Buffer.IsEmpty);
        Assert.True(_reader.HasRefused);
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", await AnswerAsync(), StringComparison.Ordinal);
        Assert.True((await _reader.ReadAsync()).IsCompleted);
    }

    [Fact]
    public async Task TryRead_Refused_LeavesTheAnswerToTheNextRead()
    {
        await SendAsync("nonsense\r\n");

        Assert.False(_reader.TryRead(out _));
        Assert.False(_out.Reader.TryRead(out _));
        Assert.True((await _reader.ReadAsync()).IsCompleted);
        Assert.StartsWith("HTTP/1.1 400 ", await AnswerAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+5\r\n")]
    [InlineData("5\r\nhelloX")]
    [InlineData("0\r\nx\r\n")]
    public async Task Read_BodyRefused_EndsInAChunkLineThatNoParserTakes(string body)
    {
        await SendAsync(Post);
        await ConsumeAsync();
        await SendAsync(body);
        var shown = new StringBuilder();
        while (true)
        {
            var result = await _reader.ReadAsync();
            shown.Append(TextOf(result));
            _reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }

        Assert.EndsWith("!\r\n!\r\n", shown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0\r\n", shown.ToString(), StringComparison.Ordinal);
        // The application answers; the guard does not.
        Assert.False(_out.Reader.TryRead(out _));
    }

    // Thirty seconds in all, and not for each octet.
    [Fact]
    public async Task Head_ThatTakesTooLong_Is408()
    {
        await SendAsync(Get);
        await ConsumeAsync();
        await SendAsync("GET / HT");
        var reading = _reader.ReadAsync();
        for (var i = 0; i < 29; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await SendAsync("x");
        }

        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await reading).IsCompleted);
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", await AnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_ThatNeverSaysAnything_IsEndedWithoutAWord()
    {
        var reading = _reader.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.True((await reading).IsCompleted);
        Assert.False(_out.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Connection_BetweenRequests_IsNotTimedByTheGuard()
    {
        await SendAsync(Get);
        await ConsumeAsync();
        var reading = _reader.ReadAsync();
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(reading.IsCompleted);
        await SendAsync(Get);

        Assert.Equal(Get, TextOf(await reading));
    }

    [Fact]
    public async Task Head_AfterAnotherThatWasSlow_HasTheWholeTimeAgain()
    {
        for (var i = 0; i < 3; i++)
        {
            await SendAsync("GET / HT");
            var reading = _reader.ReadAsync();
            _time.Advance(TimeSpan.FromSeconds(20));
            await SendAsync("TP/1.1\r\nHost: a\r\n\r\n");
            _reader.AdvanceTo((await reading).Buffer.End);
        }

        Assert.False(_reader.HasRefused);
    }

    [Fact]
    public async Task Octets_BehindAnUpgrade_PassOnceThe101IsOut()
    {
        await SendAsync(Upgrade + "\0\u0001 anything");
        var head = await _reader.ReadAsync();
        Assert.Equal(Upgrade, TextOf(head));
        _reader.AdvanceTo(head.Buffer.End);
        await _writer.WriteAsync("HTTP/1.1 101 Switching Protocols\r\n\r\n"u8.ToArray());

        Assert.Equal("\0\u0001 anything", TextOf(await _reader.ReadAsync()));
        Assert.True(_reader.IsTunnel);
    }

    [Fact]
    public async Task Octets_BehindAnUpgradeThatWasDeclined_AreRequests()
    {
        await SendAsync(Upgrade + "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
        await ConsumeAsync();
        await _writer.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());

        Assert.True((await _reader.ReadAsync()).IsCompleted);
        Assert.True(_reader.HasRefused);
    }

    [Fact]
    public async Task Upgrade_BehindAnotherRequest_IsShownOnceThatOneIsConsumed()
    {
        await SendAsync(Get + Upgrade + Get);
        var first = await _reader.ReadAsync();
        Assert.Equal(Get, TextOf(first));
        _reader.AdvanceTo(first.Buffer.End);

        var second = await _reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(Upgrade, TextOf(second));
        _reader.AdvanceTo(second.Buffer.End);
        await _writer.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());

        Assert.Equal(Get, TextOf(await _reader.ReadAsync()));
    }

    [Fact]
    public async Task Octets_AfterEnterTunnel_Pass()
    {
        await SendAsync(Upgrade);
        await ConsumeAsync();
        _reader.EnterTunnel();
        await SendAsync("\0");

        Assert.Equal("\0", TextOf(await _reader.ReadAsync()));
    }

    [Fact]
    public async Task Octets_OfTls_Pass()
    {
        await SendAsync("\u0016\u0003\u0001 and so on");

        Assert.Equal("\u0016\u0003\u0001 and so on", TextOf(await _reader.ReadAsync()));
        Assert.True(_reader.IsTunnel);
    }

    [Fact]
    public async Task End_OfTheClientsSide_IsShown()
    {
        await SendAsync(Post + "5\r\nhel");
        await _in.Writer.CompleteAsync();

        var result = await _reader.ReadAsync();
        Assert.Equal(Post + "5\r\nhel", TextOf(result));
        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task Cancel_OfAPendingRead_IsTheServersOwn()
    {
        var reading = _reader.ReadAsync();
        _reader.CancelPendingRead();

        Assert.True((await reading).IsCanceled);
    }

    private static string TextOf(in ReadResult result) => Encoding.Latin1.GetString(result.Buffer.ToArray());

    private async Task SendAsync(string text) => await _in.Writer.WriteAsync(Encoding.Latin1.GetBytes(text));

    private async Task ConsumeAsync()
    {
        var result = await _reader.ReadAsync();
        _reader.AdvanceTo(result.Buffer.End);
    }

    private async Task<string> AnswerAsync() => TextOf(await _out.Reader.ReadAsync());
}
