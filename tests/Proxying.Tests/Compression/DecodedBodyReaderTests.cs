using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Tests.Compression;

/// <summary>Request bodies are decoded to what they were, or refused with the right status; and the pipe below stays usable.</summary>
public sealed class DecodedBodyReaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Codings => ["gzip", "br", "deflate"];

    [Theory]
    [MemberData(nameof(Codings))]
    public void AnyBody_InAnyPieces_IsWhatItWas(string coding) => Check(
        from length in Gen.Choose(0, 100_000)
        from noise in Gen.Elements(true, false)
        from piece in Gen.Elements(1, 3, 100, 5000)
        from level in Gen.Elements(CompressionLevel.Fastest, CompressionLevel.SmallestSize)
        select (length: piece == 1 ? length % 3000 : length, noise, piece, level: length > 20_000 ? CompressionLevel.Fastest : level),
        sample =>
        {
            var plain = sample.noise ? Decoded.Noise(sample.length) : Decoded.Text(sample.length);
            if (sample.length == 0) return true;
            return ReadAllAsync(Pieces(Decoded.To(plain, coding, sample.level), sample.piece), coding).WaitAsync(Patience).GetAwaiter().GetResult().AsSpan().SequenceEqual(plain);
        });

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task CutShort_Anywhere_IsRefused(string coding)
    {
        var whole = Decoded.To(Decoded.Text(2000), coding);
        Assert.Equal(Decoded.Text(2000), await ReadAllAsync(Pieces(whole, 100), coding));
        foreach (var length in new[] { 0, 1, 5, whole.Length / 2, whole.Length - 9, whole.Length - 4, whole.Length - 1 })
            Assert.Equal(400, await StatusAsync(whole[..length], coding));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task SomethingElse_IsRefused(string coding)
    {
        Assert.Equal(400, await StatusAsync(Enumerable.Repeat((byte)'{', 300).ToArray(), coding));
        Assert.Equal(400, await StatusAsync(Decoded.Noise(300), coding));
    }

    [Fact]
    public async Task Checksum_ThatIsWrong_IsRefused()
    {
        var gzip = Decoded.To(Decoded.Text(2000), "gzip");
        gzip[^6] ^= 1;
        Assert.Equal(400, await StatusAsync(gzip, "gzip"));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Bomb_IsRefused_BeforeItHasGrownMuch(string coding)
    {
        var bomb = Decoded.To(new byte[10_000_000], coding);
        var (status, decoded) = await OutcomeAsync(bomb, coding, new() { MaxSize = 1L << 40, MaxRatio = 100 });
        Assert.Equal(413, status);
        // By its growth: what was let through is no more than a hundred times what had come.
        Assert.InRange(decoded, 0, Math.Max(64 * 1024, bomb.Length * 100L));
        Assert.InRange(decoded, 0, 2_000_000);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task LongerThanAllowed_IsRefused_AndAsLongIsNot(string coding)
    {
        var plain = Decoded.Noise(100_000);
        var encoded = Decoded.To(plain, coding);
        Assert.Equal((200, 100_000), await OutcomeAsync(encoded, coding, new() { MaxSize = 100_000 }));
        var (status, decoded) = await OutcomeAsync(encoded, coding, new() { MaxSize = 99_999 });
        Assert.Equal(413, status);
        Assert.InRange(decoded, 0, 99_999);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task SmallBody_MayGrowAsItLikes(string coding) => Assert.Equal((200, 60_000), await OutcomeAsync(Decoded.To(new byte[60_000], coding), coding, new() { MaxRatio = 2 }));

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task CancelPendingRead_EndsTheReadAndNothingIsLost(string coding)
    {
        var plain = Decoded.Text(20_000);
        var encoded = Decoded.To(plain, coding);
        var pipe = new Pipe();
        using var reader = new DecodedBodyReader(pipe.Reader, coding, new(new()));
        await pipe.Writer.WriteAsync(encoded.AsMemory(0, 1));
        var reading = reader.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        reader.CancelPendingRead();
        var read = await reading.WaitAsync(Patience);
        Assert.True(read.IsCanceled);
        Assert.True(read.Buffer.IsEmpty);
        reader.AdvanceTo(read.Buffer.Start);

        await pipe.Writer.WriteAsync(encoded.AsMemory(1));
        await pipe.Writer.CompleteAsync();
        Assert.Equal(plain, await ReadAllAsync(reader));
    }

    [Fact]
    public async Task WhatWasNotConsumed_ComesAgain()
    {
        using var reader = new DecodedBodyReader(Pieces(Decoded.To([1, 2, 3], "gzip"), 100), "gzip", new(new()));
        var first = await reader.ReadAsync();
        reader.AdvanceTo(first.Buffer.GetPosition(1));
        var second = await reader.ReadAsync();
        Assert.Equal([2, 3], second.Buffer.ToArray());
        reader.AdvanceTo(second.Buffer.Start);
        Assert.Equal([2, 3], (await reader.ReadAsync()).Buffer.ToArray());
    }

    [Fact]
    public async Task FailureOfThePipe_IsTheClients_AndPassesAsItIs()
    {
        var pipe = new Pipe();
        using var reader = new DecodedBodyReader(pipe.Reader, "gzip", new(new()));
        await pipe.Writer.CompleteAsync(new InvalidDataException("the pipe"));
        Assert.Equal("the pipe", (await Assert.ThrowsAsync<InvalidDataException>(() => reader.ReadAsync().AsTask().WaitAsync(Patience))).Message);
    }

    [Fact]
    public async Task Completed_ItReadsNoMore_RatherThanToAnEnd()
    {
        var reader = new DecodedBodyReader(Pieces(Decoded.To(Decoded.Text(100), "gzip"), 10), "gzip", new(new()));
        await reader.CompleteAsync();
        await reader.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.ReadAsync().AsTask().WaitAsync(Patience));
    }

    [Theory]
    [InlineData("gzip", true, "gzip")]
    [InlineData("X-GZip", true, "gzip")]
    [InlineData("br", true, "br")]
    [InlineData("deflate", true, "deflate")]
    [InlineData("identity", true, null)]
    [InlineData("", true, null)]
    [InlineData(null, true, null)]
    [InlineData("zstd", false, null)]
    [InlineData("gzip, gzip", false, null)]
    [InlineData("gzip;q=1", false, null)]
    public void Coding_IsUnderstoodOrNot(string? field, bool isUnderstood, string? expected)
    {
        var context = new DefaultHttpContext();
        if (field is not null) context.Request.Headers.ContentEncoding = field;
        Assert.Equal(isUnderstood, RequestDecompression.TryReadCoding(context.Request, out var coding));
        Assert.Equal(expected, coding);
    }

    [Fact]
    public void Coding_OverTwoLines_IsNotUnderstood()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.ContentEncoding = new(["gzip", "br"]);
        Assert.False(RequestDecompression.TryReadCoding(context.Request, out _));
    }

    private static async Task<int> StatusAsync(byte[] encoded, string coding) => (await OutcomeAsync(encoded, coding, new())).Status;

    private static async Task<(int Status, long Decoded)> OutcomeAsync(byte[] encoded, string coding, RequestDecompressionOptions options)
    {
        using var reader = new DecodedBodyReader(Pieces(encoded, 1000), coding, new(options));
        var decoded = 0L;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync().AsTask().WaitAsync(Patience);
                decoded += read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return (200, decoded);
            }
        }
        catch (BadHttpRequestException e)
        {
            return (e.StatusCode, decoded);
        }
    }

    private static async Task<byte[]> ReadAllAsync(PipeReader source, string coding)
    {
        using var reader = new DecodedBodyReader(source, coding, new(new()));
        return await ReadAllAsync(reader);
    }

    private static async Task<byte[]> ReadAllAsync(DecodedBodyReader reader)
    {
        var all = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await reader.ReadAsync().AsTask().WaitAsync(Patience);
            all.Write(read.Buffer.ToArray());
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return all.WrittenSpan.ToArray();
        }
    }

    private static PipeReader Pieces(byte[] all, int size)
    {
        var source = new PieceStream();
        foreach (var piece in all.Chunk(size)) source.Come(piece);
        return PipeReader.Create(source.End());
    }

    private static void Check<T>(Gen<T> samples, Func<T, bool> holds) =>
        Prop.ForAll(samples.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(20261129, 1));
}
