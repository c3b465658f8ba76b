using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;

namespace Net2Secure.Routing.Proxying.Tests.Compression;

/// <summary>What comes out decodes to what went in, in time, whatever the pieces; and what goes wrong is told.</summary>
public sealed class CompressingStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Codings => ["br", "gzip"];

    [Theory]
    [MemberData(nameof(Codings))]
    public void AnyBody_InAnyPieces_DecodesToWhatItWas(string coding) => Check(
        from sizes in Gen.Choose(1, 40_000).ListOf(4)
        from noise in Gen.Elements(true, false)
        from room in Gen.Elements(1, 7, 300, 4096, 65_536)
        from level in Gen.Elements(CompressionLevel.Fastest, CompressionLevel.Optimal, CompressionLevel.SmallestSize)
        from prefetch in Gen.Elements(0, 1, 1024, 50_000)
        select (sizes: sizes.ToArray(), noise, room: sizes.Sum() > 20_000 ? Math.Max(room, 300) : room, level, prefetch),
        sample =>
        {
            var all = sample.noise ? Decoded.Noise(sample.sizes.Sum()) : Decoded.Text(sample.sizes.Sum());
            var source = new PieceStream();
            var at = 0;
            foreach (var size in sample.sizes) source.Come(all[at..(at += size)]);
            source.End();
            using var stream = new CompressingStream(source);
            stream.EndsWithin(sample.prefetch, CancellationToken.None);
            stream.Use(Encoder(coding, sample.level));
            return Decoded.From(ReadAll(stream, sample.room), coding).AsSpan().SequenceEqual(all);
        });

    [Theory]
    [MemberData(nameof(Codings))]
    public void EmptyBody_IsEncodedToo(string coding)
    {
        using var stream = Create(new PieceStream().End(), coding);
        var encoded = ReadAll(stream, 100);
        Assert.NotEmpty(encoded);
        Assert.Empty(Decoded.From(encoded, coding));
        Assert.True(stream.IsEnded);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task EachPiece_ReachesTheReader_BeforeTheNextHasCome(string coding)
    {
        var source = new PieceStream();
        await using var stream = Create(source, coding);
        await using var decoder = Decoded.Decoder(stream, coding);
        var buffer = new byte[1000];
        for (var i = 0; i < 5; i++)
        {
            var reading = decoder.ReadAsync(buffer).AsTask();
            Assert.False(reading.IsCompleted);
            source.Come((byte)'a', (byte)i);
            Assert.Equal(2, await ReadAsync(reading));
            Assert.Equal((byte)i, buffer[1]);
        }

        source.End();
        Assert.Equal(0, await ReadAsync(decoder.ReadAsync(buffer).AsTask()));
    }

    // The way of the forwarder: a read of nothing says that there is something, and the one after it does not wait.
    [Theory]
    [MemberData(nameof(Codings))]
    public async Task ReadOfNothing_WaitsForAPiece_AndTheNextReadDoesNot(string coding)
    {
        var source = new PieceStream();
        await using var stream = Create(source, coding);
        for (var i = 0; i < 3; i++)
        {
            var waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();
            Assert.False(waiting.IsCompleted);
            source.Come(1, 2, 3);
            Assert.Equal(0, await ReadAsync(waiting));
            Assert.True(ReadAtOnce(stream, 100) > 0);
        }

        var last = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        source.End();
        await ReadAsync(last);
        ReadAtOnce(stream, 100);
        Assert.True(stream.IsEnded);
    }

    [Fact]
    public void BodyThatIsThere_IsNotFlushedBetweenPieces()
    {
        var all = Decoded.Text(60_000);
        var source = new PieceStream();
        for (var at = 0; at < all.Length; at += 1000) source.Come(all[at..(at + 1000)]);
        using var stream = Create(source.End(), "gzip");
        // Sixty flushes would add five bytes each, and break the compression.
        Assert.InRange(ReadAll(stream, 65_536).Length, 1, Decoded.To(all, "gzip").Length + 100);
    }

    [Fact]
    public void Read_WithRoom_IsFilledWhileTheSourceHasSomething()
    {
        var noise = Decoded.Noise(100_000);
        var source = new PieceStream();
        for (var at = 0; at < noise.Length; at += 10_000) source.Come(noise[at..(at + 10_000)]);
        using var stream = Create(source.End(), "gzip");
        Assert.Equal(65_536, ReadAtOnce(stream, 65_536));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task FailureOfTheSource_ReachesTheReader_AndNoEndDoes(string coding)
    {
        var source = new PieceStream();
        await using var stream = Create(source, coding);
        source.Come(Decoded.Text(5000));
        Assert.True(ReadAtOnce(stream, 10_000) > 0);
        source.End(new IOException("cut"));
        for (var i = 0; i < 2; i++) Assert.Equal("cut", (await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[100]).AsTask().WaitAsync(Patience))).Message);
        Assert.False(stream.IsEnded);
    }

    [Fact]
    public async Task Cancellation_EndsTheRead()
    {
        var source = new PieceStream();
        await using var stream = Create(source, "br");
        using var cancelling = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[100], cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));
    }

    [Fact]
    public async Task Cancellation_OfAReadThatWaitsForAnEarlierOne_EndsItAndLosesNothing()
    {
        var source = new PieceStream();
        await using var stream = Create(source, "gzip");
        source.Come(1, 2, 3);
        // Flushed, because the source is waited for: by a read that no token ends.
        using var encoded = new MemoryStream();
        var buffer = new byte[1000];
        encoded.Write(buffer, 0, await ReadAsync(stream.ReadAsync(buffer).AsTask()));
        using var cancelling = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[100], cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));

        source.Come(4, 5).End();
        int read;
        while ((read = await ReadAsync(stream.ReadAsync(buffer).AsTask())) > 0) encoded.Write(buffer, 0, read);
        Assert.Equal([1, 2, 3, 4, 5], Decoded.From(encoded.ToArray(), "gzip"));
    }

    [Fact]
    public async Task Disposal_EndsAReadAndTheSource()
    {
        var source = new PieceStream();
        var stream = Create(source, "br");
        var reading = stream.ReadAsync(new byte[100]).AsTask();
        await stream.DisposeAsync();
        await stream.DisposeAsync();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => reading.WaitAsync(Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[100]).AsTask().WaitAsync(Patience));
        Assert.Equal(0, stream.TakeBuffered(new byte[100]));
        Assert.True(source.IsDisposed);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(99, true)]
    [InlineData(100, false)]
    [InlineData(5000, false)]
    public void EndsWithin_ABodyThatIsThere_TellsWhetherItIsSmaller(int length, bool expected)
    {
        using var stream = new CompressingStream(new PieceStream().Come(Decoded.Text(length)).End());
        Assert.Equal(expected, stream.EndsWithin(100, CancellationToken.None));
        stream.Use(new IdentityEncoder());
        Assert.Equal(Decoded.Text(length), ReadAll(stream, 64));
    }

    [Fact]
    public void EndsWithin_ABodyThatIsStillComing_DoesNotWait()
    {
        var source = new PieceStream().Come(1, 2);
        using var stream = new CompressingStream(source);
        Assert.False(stream.EndsWithin(100, CancellationToken.None));
        stream.Use(Encoder("gzip", CompressionLevel.Fastest));
        source.Come(3).End();
        Assert.Equal([1, 2, 3], Decoded.From(ReadAll(stream, 64), "gzip"));
    }

    [Fact]
    public void AtEnd_IsCalledOnce_BeforeTheEndIsRead()
    {
        var calls = 0;
        using var stream = new CompressingStream(new PieceStream().Come(1, 2).End(), () => calls++);
        stream.Use(Encoder("gzip", CompressionLevel.Fastest));
        ReadAll(stream, 64);
        Assert.Equal(1, calls);
    }

    private static CompressingStream Create(Stream source, string coding)
    {
        var stream = new CompressingStream(source);
        stream.Use(Encoder(coding, CompressionLevel.Fastest));
        return stream;
    }

    private static ContentEncoder Encoder(string coding, CompressionLevel level) => coding == "br" ? new BrotliContentEncoder(level) : new GzipContentEncoder(level);

    private static Task<int> ReadAsync(Task<int> reading) => reading.WaitAsync(Patience);

    private static int ReadAtOnce(Stream stream, int room)
    {
        var reading = stream.ReadAsync(new byte[room]).AsTask();
        Assert.True(reading.IsCompletedSuccessfully);
        return reading.Result;
    }

    private static byte[] ReadAll(Stream stream, int room)
    {
        using var all = new MemoryStream();
        var buffer = new byte[room];
        int read;
        while ((read = stream.ReadAsync(buffer).AsTask().WaitAsync(Patience).GetAwaiter().GetResult()) > 0) all.Write(buffer, 0, read);
        return all.ToArray();
    }

    private static void Check<T>(Gen<T> samples, Func<T, bool> holds) =>
        Prop.ForAll(samples.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(20261129, 1));
}
