using System.Buffers.Binary;

namespace Net2Secure.Routing.Caching.Tests.Storage.Formats;

public sealed class HeadFormatTests
{
    private static ReadOnlySpan<byte> Kind => "TEST"u8;

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var head = new CachedHead
        {
            StatusCode = 206,
            ReasonPhrase = null,
            Fields = [new("A", ""), new("a", "\u00ff\u20ac\ud800")],
            SelectingFields = [new("x", null), new("y", "")],
            Variant = "v\u20ac",
            RequestTime = DateTimeOffset.MaxValue,
            ResponseTime = DateTimeOffset.UnixEpoch,
            Tags = ["1", "\udc00"],
            IsDoubted = true,
            AssumedLifetime = TimeSpan.FromDays(400),
        };
        var read = Read(Written(head))!;
        Assert.Equal((head.StatusCode, head.ReasonPhrase, head.Variant, head.IsDoubted), (read.StatusCode, read.ReasonPhrase, read.Variant, read.IsDoubted));
        Assert.Equal((head.RequestTime, head.ResponseTime, head.AssumedLifetime), (read.RequestTime, read.ResponseTime, read.AssumedLifetime));
        Assert.Equal(head.Fields, read.Fields);
        Assert.Equal(head.SelectingFields, read.SelectingFields);
        Assert.Equal(head.Tags, read.Tags);
    }

    /// <summary>CRC-32C of "123456789", the check value of its definition.</summary>
    [Fact]
    public void Checksum_OfTheCheckValue_IsTheCheckSum() => Assert.Equal(0xE3069283u, Checksum.Of("123456789"u8));

    /// <summary>Bytes that somebody has made up, checksum and all: any answer will do, but an exception, or memory that what is there does not account for.</summary>
    [Fact]
    public void Read_AnyBytes_NeverThrows()
    {
        var random = new Random(7);
        var sound = Written(new CachedHead { StatusCode = 200, Fields = [new("A", "b"), new("C", "d")], SelectingFields = [new("e", "f")], RequestTime = default, ResponseTime = default, Tags = ["t"] });
        for (var i = 0; i < 20_000; i++)
        {
            var value = sound[..random.Next(FormatWriter.SealBytes, sound.Length + 1)];
            for (var n = random.Next(4); n > 0 && value.Length > FormatWriter.SealBytes; n--) value[random.Next(FormatWriter.SealBytes, value.Length)] = (byte)random.Next(256);
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(4), Checksum.Of(value.AsSpan(FormatWriter.SealBytes)));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Read(value);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        }
    }

    private static byte[] Written(CachedHead head)
    {
        var writer = new FormatWriter(Kind);
        HeadFormat.Write(writer, head);
        return writer.Seal().ToArray();
    }

    private static CachedHead? Read(byte[] value)
    {
        var reader = new FormatReader(value, Kind);
        var head = HeadFormat.Read(ref reader);
        return reader.IsWhole ? head : null;
    }
}
