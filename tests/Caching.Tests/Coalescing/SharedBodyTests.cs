using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Coalescing;

public sealed class SharedBodyTests
{
    private const int Segment = SegmentPool.SegmentBytes;
    private const int Window = 8 * Segment;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Read_BeforeAnythingIsWritten_WaitsForIt()
    {
        var body = Body(long.MaxValue);
        Assert.True(body.TryOpen(isClient: true, out var reader));
        var buffer = new byte[10];
        var reading = reader.ReadAsync(buffer).AsTask();
        Assert.False(reading.IsCompleted);
        await WriteAsync(body, "abc");
        Assert.Equal(3, await reading.WaitAsync(Bound));
        reading = reader.ReadAsync(buffer).AsTask();
        body.Complete([]);
        Assert.Equal(0, await reading.WaitAsync(Bound));
    }

    [Fact]
    public async Task Open_WhileItIsKept_ReadsFromTheBeginning()
    {
        var body = Body(long.MaxValue);
        body.TryOpen(isClient: true, out var first);
        await WriteAsync(body, "abc");
        Assert.True(body.TryOpen(isClient: true, out var second));
        body.Complete([new("T", "1")]);
        Assert.Equal(("abc", "abc"), (await TextAsync(first!), await TextAsync(second)));
        Assert.Equal([new FieldLine("T", "1")], body.Trailers);
    }

    [Fact]
    public async Task Fail_Readers_GetWhatHasComeAndThenTheFailure()
    {
        var body = Body(long.MaxValue);
        body.TryOpen(isClient: true, out var reader);
        await WriteAsync(body, "abc");
        body.Fail(new IOException("gone"));
        Assert.Equal(3, await reader!.ReadAsync(new byte[10]));
        await Assert.ThrowsAsync<IOException>(() => reader.ReadAsync(new byte[10]).AsTask());
        Assert.False(body.TryOpen(isClient: true, out _));
    }

    [Fact]
    public async Task Write_BeyondWhatIsKept_WaitsForTheSlowestAndLetsNobodyJoin()
    {
        var body = Body(maxKept: Segment);
        body.TryOpen(isClient: true, out var fast);
        body.TryOpen(isClient: true, out var slow);
        var writing = WriteAsync(body, new string('x', Window + Segment));
        await ReadAllAsync(fast!, Window);
        Assert.False(writing.IsCompleted);
        Assert.False(body.IsKept);
        Assert.False(body.TryOpen(isClient: true, out _));
        await ReadAllAsync(slow!, 2 * Segment);
        await writing.WaitAsync(Bound);
        body.Complete([]);
        Assert.Equal(Segment, (await TextAsync(fast!)).Length);
        Assert.Equal(Window - Segment, (await TextAsync(slow!)).Length);
    }

    [Fact]
    public async Task Write_OneReaderHoldsUpOthers_ItIsCutOff()
    {
        var body = Body(maxKept: Segment);
        body.TryOpen(isClient: true, out var fast);
        body.TryOpen(isClient: true, out var slow);
        var writing = WriteAsync(body, new string('x', Window + Segment));
        await ReadAllAsync(fast!, Window);
        await PassUntilAsync(writing, TimeSpan.FromSeconds(30));
        body.Complete([]);
        Assert.Equal(Segment, (await TextAsync(fast!)).Length);
        await Assert.ThrowsAsync<IOException>(() => slow!.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Write_StoreHoldsUpTheOnlyClient_ItIsCutOffSooner()
    {
        var body = Body(maxKept: Segment);
        body.TryOpen(isClient: true, out var client);
        body.TryOpen(isClient: false, out var store);
        var writing = WriteAsync(body, new string('x', Window + Segment));
        await ReadAllAsync(client!, Window);
        await PassUntilAsync(writing, TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<IOException>(() => store!.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Write_OneSlowReaderAlone_IsWaitedForHoweverLong()
    {
        var body = Body(maxKept: Segment);
        body.TryOpen(isClient: true, out var reader);
        var writing = WriteAsync(body, new string('x', Window + 1));
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        Assert.False(writing.IsCompleted);
        await ReadAllAsync(reader!, Segment);
        await writing.WaitAsync(Bound);
    }

    [Fact]
    public async Task Budget_UsedUp_TheBodyIsNotKept()
    {
        var budget = new TransferBudget(2 * Segment);
        var (one, other) = (Body(long.MaxValue, budget), Body(long.MaxValue, budget));
        one.TryOpen(isClient: true, out var reader);
        await WriteAsync(one, new string('x', Segment + 1));
        other.TryOpen(isClient: true, out var otherReader);
        await WriteAsync(other, "abc");
        Assert.Equal((true, false), (one.IsKept, other.IsKept));
        Assert.Equal(3, await otherReader!.ReadAsync(new byte[3]));
        // What one body lets go another may take.
        one.Complete([]);
        one.Close();
        await reader!.DisposeAsync();
        var third = Body(long.MaxValue, budget);
        await WriteAsync(third, new string('x', Segment + 1));
        Assert.True(third.IsKept);
    }

    [Fact]
    public void Deserted_LastClientLeaves_IsSaid()
    {
        var body = Body(long.MaxValue);
        var said = 0;
        body.Abandoned = () => said += body.IsDeserted ? 1 : 0;
        body.TryOpen(isClient: true, out var one);
        body.TryOpen(isClient: true, out var other);
        body.TryOpen(isClient: false, out _);
        one!.Dispose();
        Assert.Equal(0, said);
        other!.Dispose();
        other.Dispose();
        Assert.Equal(1, said);
    }

    [Fact]
    public async Task Dispose_WhileAReadWaits_EndsTheRead()
    {
        var body = Body(long.MaxValue);
        body.TryOpen(isClient: true, out var reader);
        var reading = reader!.ReadAsync(new byte[1]).AsTask();
        await reader.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.WaitAsync(Bound));
    }

    [Fact]
    public async Task Reader_ThatIsForgotten_DoesNotUseUpTheBudget()
    {
        var budget = new TransferBudget(Segment);
        await ForgetAsync(budget);
        // The first collection finds the reader, and with it what it holds.
        for (var i = 0; i < 50 && !budget.TryTake(Segment); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.False(budget.TryTake(1));
    }

    [Fact]
    public async Task Give_ToAStore_BothReadTheSameMemory()
    {
        var store = new MemoryResponseCache(new MemoryResponseCacheOptions());
        var body = new SharedBody(new SharedBodyOptions(store.Pool, new TransferBudget(long.MaxValue), long.MaxValue, Bound, Bound, _time), -1);
        body.TryOpen(isClient: true, out var reader);
        var text = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i},"));
        await WriteAsync(body, text);
        Assert.True(body.TryGive(store, new CacheKey("http://a/"), Rules.TestHeads.Head(200)));
        body.Complete([]);
        body.Close();
        var stored = Assert.Single(await store.FindAsync(new CacheKey("http://a/"), default));
        Assert.Equal(text, await TextAsync((await stored.OpenAsync(0, stored.Length, default))!));
        Assert.Equal(text, await TextAsync(reader!));
        await reader!.DisposeAsync();
        Assert.Equal(text[100_000..100_010], await TextAsync((await stored.OpenAsync(100_000, 10, default))!));
    }

    [Fact]
    public void AnyPieces_AnyReads_ComeOutAsTheyWentIn() => Prop.ForAll(
        (from pieces in Gen.Choose(0, 70_000).ListOf()
         from reads in Gen.Choose(1, 50_000)
         from expected in Gen.Elements(-1L, 5L, 40_000L, 100_000L)
         from kept in Gen.Elements(1L, 50_000L, long.MaxValue)
         select (pieces: pieces.Take(6).ToArray(), reads, expected, kept)).ToArbitrary(),
        s =>
        {
            var body = Body(s.kept, expected: s.expected);
            body.TryOpen(isClient: true, out var reader);
            var text = string.Concat(s.pieces.Select((length, i) => new string((char)('a' + i), length)));
            var writing = Task.Run(async () =>
            {
                foreach (var (length, i) in s.pieces.Select((length, i) => (length, i))) await WriteAsync(body, new string((char)('a' + i), length));
                body.Complete([]);
                body.Close();
            });
            var read = new StringBuilder();
            var buffer = new byte[s.reads];
            int count;
            while ((count = reader!.Read(buffer)) > 0) read.Append(Encoding.Latin1.GetString(buffer, 0, count));
            return writing.Wait(Bound) && read.ToString() == text;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(20261124, 1));

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task ForgetAsync(TransferBudget budget)
    {
        var body = Body(long.MaxValue, budget);
        body.TryOpen(isClient: true, out _);
        await WriteAsync(body, "abc");
        body.Complete([]);
        body.Close();
        Assert.False(budget.TryTake(1));
    }

    private SharedBody Body(long maxKept, TransferBudget? budget = null, long expected = -1) => new(
        new SharedBodyOptions(new SegmentPool(1 << 20), budget ?? new TransferBudget(long.MaxValue), maxKept, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), _time), expected);

    private static async Task WriteAsync(SharedBody body, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text).AsMemory();
        while (bytes.Length > 0)
        {
            var room = await body.GetRoomAsync(default);
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            body.Advance(count);
            body.Show();
            bytes = bytes[count..];
        }
    }

    private static Task ReadAllAsync(Stream stream, int count) => stream.ReadExactlyAsync(new byte[count]).AsTask().WaitAsync(Bound);

    private static async Task<string> TextAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        return await reader.ReadToEndAsync().WaitAsync(Bound);
    }

    private async Task PassUntilAsync(Task task, TimeSpan step)
    {
        for (var i = 0; i < 1000 && !task.IsCompleted; i++)
        {
            _time.Advance(step);
            await Task.WhenAny(task, Task.Delay(1));
        }

        await task.WaitAsync(Bound);
    }
}
