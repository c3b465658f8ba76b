using System.Buffers.Binary;
using System.Net.Security;
using Net2Secure.Routing.Proxying.Tcp;

namespace Net2Secure.Routing.Proxying.Tests.Tcp;

/// <summary>The first message of TLS is put together out of whatever records it comes in, within bounds, and what is none is known early.</summary>
public sealed class HelloReaderTests
{
    [Fact]
    public async Task Read_CutAnywhere_WaitsForTheRest_AndIsThenWhole()
    {
        var octets = await HelloAsync("shop.example");
        for (var length = 0; length < octets.Length; length++) Assert.Equal(HelloStatus.Incomplete, HelloReader.Read(octets.AsSpan(0, length), out _));
        Assert.Equal(HelloStatus.Complete, HelloReader.Read(octets, out var name));
        Assert.Equal("shop.example", name);
        Assert.Equal(HelloStatus.Complete, HelloReader.Read([.. octets, 1, 2, 3], out name));
        Assert.Equal("shop.example", name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Read_InManyRecords_IsTheSame(int size)
    {
        var octets = Divide(await HelloAsync("shop.example"), size);
        Assert.Equal(HelloStatus.Complete, HelloReader.Read(octets, out var name));
        Assert.Equal("shop.example", name);
        Assert.Equal(HelloStatus.Incomplete, HelloReader.Read(octets.AsSpan(0, octets.Length - 1), out _));
    }

    [Theory]
    [InlineData(new byte[] { 0x47 })] // a letter
    [InlineData(new byte[] { 0x16, 0x02 })] // another version
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0x00, 0x00 })] // a record with nothing
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0x40, 0x01 })] // a record that is too long
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0x00, 0x04, 0x02, 0x00, 0x00, 0x10 })] // another message
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0x01, 0x00, 0x00 })] // a message of 64 KiB
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0x00, 0x40, 0x00 })] // one octet more than is read
    public void Read_WhatIsNone_IsInvalid(byte[] octets) => Assert.Equal(HelloStatus.Invalid, HelloReader.Read(octets, out _));

    [Fact]
    public async Task Read_WithoutAName_HasNone()
    {
        Assert.Equal(HelloStatus.Complete, HelloReader.Read(await HelloAsync(""), out var name));
        Assert.Null(name);
    }

    [Fact]
    public async Task Read_Mutated_NeverThrows_AndAsksForNoMoreThanItsBound()
    {
        var random = new Random(1);
        var hello = await HelloAsync("shop.example");
        var outcomes = new int[3];
        for (var i = 0; i < 20_000; i++)
        {
            var octets = Divide(hello, random.Next(1, 600)).ToList();
            for (var changes = random.Next(0, 4); changes > 0; changes--)
            {
                var at = random.Next(octets.Count);
                switch (random.Next(3))
                {
                    case 0: octets[at] = (byte)random.Next(256); break;
                    case 1: octets.RemoveRange(at, Math.Min(random.Next(1, 6), octets.Count - at)); break;
                    default: octets.Insert(at, (byte)random.Next(256)); break;
                }

                if (octets.Count == 0) break;
            }

            var status = HelloReader.Read([.. octets], out var name);
            outcomes[(int)status]++;
            if (status != HelloStatus.Complete) Assert.Null(name);
            // With so much behind it nothing is left to wait for.
            var more = new byte[octets.Count + (6 * HelloReader.MostOctets)];
            octets.CopyTo(more);
            if (i % 50 == 0) Assert.NotEqual(HelloStatus.Incomplete, HelloReader.Read(more, out _));
        }

        Assert.All(outcomes, count => Assert.True(count > 500, string.Join(' ', outcomes)));
    }

    /// <summary>The message in records of a size.</summary>
    private static byte[] Divide(byte[] hello, int size)
    {
        var records = new List<byte>();
        foreach (var part in hello[5..].Chunk(size))
        {
            records.AddRange(hello.AsSpan(0, 3));
            var length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)part.Length);
            records.AddRange(length);
            records.AddRange(part);
        }

        return [.. records];
    }

    private static async Task<byte[]> HelloAsync(string name)
    {
        using var written = new Recording();
        await using var tls = new SslStream(written);
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name }).WaitAsync(TimeSpan.FromSeconds(30)));
        return written.ToArray();
    }

    /// <summary>Takes what is written, and has nothing to say.</summary>
    private sealed class Recording : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);
    }
}
