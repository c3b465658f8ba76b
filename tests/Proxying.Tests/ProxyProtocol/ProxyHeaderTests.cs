using System.Buffers;
using System.Net;
using System.Text;

namespace Net2Secure.Routing.Proxying.Tests.ProxyProtocol;

public sealed class ProxyHeaderTests
{
    private static readonly byte[] V2 = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 4711 443\r\n", "203.0.113.5:4711", "10.0.0.1:443")]
    [InlineData("PROXY TCP6 2001:db8::5 2001:db8::1 65535 0\r\n", "[2001:db8::5]:65535", "[2001:db8::1]:0")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN whatever stands here\r\n", null, null)]
    public void V1_WellFormed_IsRead(string line, string? source, string? destination)
    {
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(Encoding.ASCII.GetBytes(line + "GET / HTTP/1.1"), out var header, out var length));
        Assert.Equal(line.Length, length);
        Assert.Equal(source, header.Source?.ToString());
        Assert.Equal(destination, header.Destination?.ToString());
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 4711 443\n")]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 4711 443 \r\n")]
    [InlineData("PROXY TCP4  203.0.113.5 10.0.0.1 4711 443\r\n")]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 4711\r\n")]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 4711 65536\r\n")]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 04711 443\r\n")]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 -1 443\r\n")]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 +1 443\r\n")]
    [InlineData("PROXY TCP4 203.0.113.05 10.0.0.1 1 443\r\n")]
    [InlineData("PROXY TCP4 203.0.113 10.0.0.1 1 443\r\n")]
    [InlineData("PROXY TCP4 0xCB007105 10.0.0.1 1 443\r\n")]
    [InlineData("PROXY TCP4 2001:db8::5 2001:db8::1 1 443\r\n")]
    [InlineData("PROXY TCP6 203.0.113.5 10.0.0.1 1 443\r\n")]
    [InlineData("PROXY TCP6 fe80::1%eth0 2001:db8::1 1 443\r\n")]
    [InlineData("PROXY UDP4 203.0.113.5 10.0.0.1 1 443\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4 203.0.113.5 10.0.0.1 1 443\rX")]
    public void V1_Malformed_IsRefused(string line) => Assert.Equal(ProxyHeaderStatus.Invalid, Parse(Encoding.ASCII.GetBytes(line.PadRight(ProxyHeaderParser.LongestLine, 'x')), out _, out _));

    [Fact]
    public void V1_WithoutEnd_IsRefusedAtItsBound()
    {
        var line = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 200));
        Assert.Equal(ProxyHeaderStatus.Incomplete, Parse(line[..(ProxyHeaderParser.LongestLine - 1)], out _, out _));
        Assert.Equal(ProxyHeaderStatus.Invalid, Parse(line[..ProxyHeaderParser.LongestLine], out _, out _));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("PROXI")]
    [InlineData("proxy TCP4 ")]
    [InlineData("\r\n\r\nGET")]
    public void AnythingElse_IsNone(string text) => Assert.Equal(ProxyHeaderStatus.None, Parse(Encoding.ASCII.GetBytes(text), out _, out _));

    [Theory]
    [InlineData(ProxyProtocolVersion.V1, "203.0.113.5:4711", "10.0.0.1:443")]
    [InlineData(ProxyProtocolVersion.V1, "[2001:db8::5]:4711", "[2001:db8::1]:443")]
    [InlineData(ProxyProtocolVersion.V2, "203.0.113.5:4711", "10.0.0.1:443")]
    [InlineData(ProxyProtocolVersion.V2, "[2001:db8::5]:4711", "[2001:db8::1]:443")]
    public void Written_IsReadAgain_WhateverItComesIn(ProxyProtocolVersion version, string source, string destination)
    {
        var written = ProxyHeaderWriter.Write(version, IPEndPoint.Parse(source), IPEndPoint.Parse(destination));
        for (var i = 0; i < written.Length; i++) Assert.Equal(ProxyHeaderStatus.Incomplete, Parse(written[..i], out _, out _));
        Assert.Equal(ProxyHeaderStatus.Complete, Parse([.. written, 1, 2, 3], out var header, out var length));
        Assert.Equal((written.Length, source, destination), (length, header.Source!.ToString(), header.Destination!.ToString()));
    }

    [Theory]
    [InlineData(ProxyProtocolVersion.V1)]
    [InlineData(ProxyProtocolVersion.V2)]
    public void Written_WithoutClient_SaysThatNothingIsKnown(ProxyProtocolVersion version)
    {
        var written = ProxyHeaderWriter.Write(version, null, null);
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(written, out var header, out var length));
        Assert.Equal((written.Length, null), (length, header.Source));
    }

    [Fact]
    public void Written_FamiliesThatDiffer_AreToldAsIpv6()
    {
        Parse(ProxyHeaderWriter.Write(ProxyProtocolVersion.V2, IPEndPoint.Parse("203.0.113.5:1"), IPEndPoint.Parse("[2001:db8::1]:2")), out var header, out _);
        Assert.Equal(IPAddress.Parse("::ffff:203.0.113.5"), header.Source!.Address);
    }

    [Theory]
    [InlineData(0x21, 0x11, 12, ProxyHeaderStatus.Complete)]
    [InlineData(0x21, 0x11, 40, ProxyHeaderStatus.Complete)] // TLVs
    [InlineData(0x21, 0x11, 11, ProxyHeaderStatus.Invalid)]
    [InlineData(0x21, 0x21, 35, ProxyHeaderStatus.Invalid)]
    [InlineData(0x21, 0x31, 216, ProxyHeaderStatus.Complete)]
    [InlineData(0x21, 0x31, 215, ProxyHeaderStatus.Invalid)]
    [InlineData(0x21, 0x00, 0, ProxyHeaderStatus.Complete)]
    [InlineData(0x20, 0x11, 0, ProxyHeaderStatus.Complete)] // LOCAL
    [InlineData(0x21, 0x41, 64, ProxyHeaderStatus.Invalid)]
    [InlineData(0x21, 0x13, 64, ProxyHeaderStatus.Invalid)]
    [InlineData(0x11, 0x11, 12, ProxyHeaderStatus.Invalid)]
    [InlineData(0x31, 0x11, 12, ProxyHeaderStatus.Invalid)]
    [InlineData(0x22, 0x11, 12, ProxyHeaderStatus.Invalid)]
    [InlineData(0x21, 0x11, ProxyHeaderParser.LongestV2Payload, ProxyHeaderStatus.Complete)]
    [InlineData(0x21, 0x11, ProxyHeaderParser.LongestV2Payload + 1, ProxyHeaderStatus.Invalid)]
    public void V2_IsReadByItsRules(byte command, byte family, int payload, object status)
    {
        byte[] octets = [.. V2, command, family, (byte)(payload >> 8), (byte)payload, .. new byte[payload]];
        Assert.Equal((ProxyHeaderStatus)status, Parse(octets, out _, out var length));
        if ((ProxyHeaderStatus)status == ProxyHeaderStatus.Complete) Assert.Equal(octets.Length, length);
    }

    [Fact]
    public void Mutated_NeverThrows_AndNeverReadsMoreThanThereIs()
    {
        var random = new Random(20260101);
        byte[][] seeds =
        [
            Encoding.ASCII.GetBytes("PROXY TCP4 203.0.113.5 10.0.0.1 4711 443\r\nGET"),
            Encoding.ASCII.GetBytes("PROXY TCP6 2001:db8::5 2001:db8::1 1 2\r\n"),
            ProxyHeaderWriter.Write(ProxyProtocolVersion.V2, IPEndPoint.Parse("1.2.3.4:5"), IPEndPoint.Parse("6.7.8.9:10")),
            [.. ProxyHeaderWriter.Write(ProxyProtocolVersion.V2, IPEndPoint.Parse("[::1]:5"), IPEndPoint.Parse("[::2]:10")), 9, 9, 9],
        ];
        var seen = new HashSet<ProxyHeaderStatus>();
        for (var i = 0; i < 50_000; i++)
        {
            var octets = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var changes = random.Next(4); changes > 0; changes--) octets[random.Next(octets.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) octets = octets[..random.Next(octets.Length)];
            var status = Parse(octets, out var header, out var length);
            seen.Add(status);
            Assert.InRange(length, 0, octets.Length);
            if (status != ProxyHeaderStatus.Complete) Assert.Null(header.Source);
            else if (header.Source is { } source) Assert.InRange(source.Port, 0, 65535);
        }

        Assert.Equal(4, seen.Count);
    }

    private static ProxyHeaderStatus Parse(byte[] octets, out ProxyHeader header, out int length)
    {
        // In pieces, as the network may bring it.
        var first = new Segment(octets.AsMemory(0, octets.Length / 2), null);
        var last = new Segment(octets.AsMemory(octets.Length / 2), first);
        return ProxyHeaderParser.Parse(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), out header, out length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
