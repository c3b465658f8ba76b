namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>What is shown of a connection's octets, and what is refused with which status, however the octets are cut into reads (RFC 9112).</summary>
public sealed class RequestScannerTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData(Get, Get)]
    [InlineData(Get + Get, Get + Get)]
    [InlineData("\r\n" + Get, Get)] // RFC 9112 §2.2
    [InlineData("\r\n\r\n\r\n\r\n" + Get + "\r\n" + Get, Get + Get)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\r\n\r" + Get, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\r\n\r" + Get)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + Get, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + Get)]
    [InlineData(Chunked + "0\r\n\r\n" + Get, Chunked + "0\r\n\r\n" + Get)]
    [InlineData(Chunked + "a;x=y\r\n0123456789\r\n0\r\nt: v\r\n\r\n" + Get, Chunked + "a;x=y\r\n0123456789\r\n0\r\nt: v\r\n\r\n" + Get)]
    [InlineData(Chunked + "000000000000000a\r\n0123456789\r\n0000000000000000\r\n\r\n" + Get, Chunked + "0000000a\r\n0123456789\r\n00000000\r\n\r\n" + Get)] // §7.1: leading zeros
    [InlineData(Chunked + "000000001\r\na\r\n000000000;x\r\n\r\n", Chunked + "00000001\r\na\r\n00000000;x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + Get, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + Get)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\n\r\n" + Get, "POST / HTTP/1.1\r\nHost: a\r\n\r\n" + Get)] // §6.3: no framing, no body
    [InlineData("GET /\u0021|\"<>{}^` HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\u0021|\"<>{}^` HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void Input_InOrder_IsShownWithoutWhatServersMisread(string input, string shown)
    {
        var run = ScanRun.InEveryWay(input);

        Assert.Equal(new ScanRun(0, shown, ScanPhase.RequestLine, InBody: false), run);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")] // RFC 9112 §9.6
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: x , CLOSE\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nConnection: upgrade\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")]
    public void Input_BehindTheLastRequest_IsNotShown(string last)
    {
        var run = ScanRun.InEveryWay(last + Get);

        Assert.Equal(new ScanRun(0, last, ScanPhase.Finished, InBody: false), run);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("\r")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r")]
    public void Input_WithoutAWholeHead_ShowsNothing(string input)
    {
        var run = ScanRun.InEveryWay(input);

        Assert.Equal((0, ""), (run.Status, run.Shown));
    }

    [Theory]
    [InlineData("5", "")]
    [InlineData("5\r", "")]
    [InlineData("5\r\nhel", "5\r\nhel")]
    [InlineData("5\r\nhello\r", "5\r\nhello")]
    [InlineData("5\r\nhello\r\n0", "5\r\nhello\r\n")]
    [InlineData("5\r\nhello\r\n0\r\n", "5\r\nhello\r\n")]
    [InlineData("5\r\nhello\r\n0\r\nx: y\r\n", "5\r\nhello\r\n")]
    public void Chunks_NotYetWhole_AreShownAsFarAsTheyAreBeyondDoubt(string body, string shown)
    {
        var run = ScanRun.InEveryWay(Chunked + body);

        Assert.Equal((0, Chunked + shown), (run.Status, run.Shown));
    }

    // Section numbers are those of RFC 9112, where no other is named.
    [Theory]
    [InlineData(400, "GET / HTTP/1.1\nHost: a\r\n\r\n")] // §2.2
    [InlineData(400, "\n")]
    [InlineData(400, "\r\n\r\n\r\n\r\n\r\n")]
    [InlineData(400, " GET / HTTP/1.1\r\n")]
    [InlineData(400, "GET  / HTTP/1.1\r\n")] // §3
    [InlineData(400, "GET / HTTP/1.1 \r\n")]
    [InlineData(400, "GET /\r\n")]
    [InlineData(400, "GET / http/1.1\r\n")] // §2.3
    [InlineData(400, "GET / HTTP/1.10\r\n")]
    [InlineData(505, "GET / HTTP/2.0\r\n")]
    [InlineData(400, "G(T / HTTP/1.1\r\n")] // §3.1
    [InlineData(400, "GET /\0 HTTP/1.1\r\n")] // §3.2
    [InlineData(400, "GET /# HTTP/1.1\r\n")]
    [InlineData(400, "GET * HTTP/1.1\r\n")]
    [InlineData(400, "GET ftp://a/ HTTP/1.1\r\n")]
    [InlineData(400, "GET http://u@a/ HTTP/1.1\r\n")] // RFC 9110 §4.2.4
    [InlineData(405, "CONNECT a:1 HTTP/1.1\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\n\r\n")] // §3.2: Host
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a b\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\n Host: a\r\n")] // §2.2
    [InlineData(400, "GET / HTTP/1.1\r\nHost : a\r\n")] // §5.1
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\n b\r\n")] // §5.2
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX: \u0001\r\n")] // RFC 9110 §5.5
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n")] // §6.2
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n")] // §6.3
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")] // §6.1
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n")]
    [InlineData(501, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n")]
    [InlineData(400, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public void Head_Malformed_IsRefusedAndNothingOfItShown(int status, string input)
    {
        var run = ScanRun.InEveryWay(input);

        Assert.Equal(new ScanRun(status, "", ScanPhase.Refused, InBody: false), run);
        Assert.Equal(new ScanRun(status, Get, ScanPhase.Refused, InBody: false), ScanRun.InEveryWay(Get + input + Get));
    }

    [Theory]
    [InlineData("", "+1\r\n")] // §7.1
    [InlineData("", "0x1\r\n")]
    [InlineData("", "\r\n")]
    [InlineData("", ";x\r\n")]
    [InlineData("", "1 \r\n")]
    [InlineData("", "1\n")]
    [InlineData("", "80000000\r\n")]
    [InlineData("", "ffffffffffffffff\r\n")]
    [InlineData("", "00000000000000001\r\n")]
    [InlineData("", "1;\0\r\n")]
    [InlineData("1\r\na", "b\r\n")]
    [InlineData("1\r\na", "\n")]
    [InlineData("1\r\na", "\rb")]
    [InlineData("1\r\na\r\n", "0\r\nx\r\n")] // §7.1.2
    [InlineData("1\r\na\r\n", "0\r\n x: y\r\n")]
    [InlineData("1\r\na\r\n", "0\r\nx: \0\r\n")]
    [InlineData("1\r\na\r\n", "0\r\n\n")]
    public void Chunks_Malformed_AreRefusedAndTheLastChunkNeverShown(string good, string bad)
    {
        var run = ScanRun.InEveryWay(Chunked + good + bad + "\r\n0\r\n\r\n" + Get);

        Assert.Equal(new ScanRun(400, Chunked + good, ScanPhase.Refused, InBody: true), run);
    }

    [Fact]
    public void Preface_OfHttp2_EndsTheScan()
    {
        const string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

        Assert.Equal(ScanPhase.Tunnel, ScanRun.InEveryWay(preface).Phase);
        // Only as the first octets of a connection.
        Assert.Equal(505, ScanRun.InEveryWay(Get + preface).Status);
    }

    [Fact]
    public void FirstOctetOfTls_WhereTlsMayCome_EndsTheScan()
    {
        var scanner = new RequestScanner(new RequestGuardOptions(), mayBeTls: true);
        scanner.Scan(new System.Buffers.ReadOnlySequence<byte>([0x16, 3, 1]));

        Assert.Equal(ScanPhase.Tunnel, scanner.Phase);
    }

    [Fact]
    public void Upgrade_BehindAnUnansweredRequest_IsHeldBackUntilThatOneIsRead()
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(Get + "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\nbytes of the tunnel");
        var scanner = new RequestScanner(new RequestGuardOptions(), mayBeTls: false);

        scanner.Scan(new(bytes));
        Assert.Equal(Get.Length, scanner.Ready);
        scanner.Consume(scanner.Ready);
        scanner.Scan(new(bytes.AsMemory(Get.Length)));
        Assert.Equal(bytes.Length - Get.Length - "bytes of the tunnel".Length, scanner.Ready);
        scanner.Consume(scanner.Ready);
        scanner.Decide(isTunnel: true);

        Assert.Equal(ScanPhase.Tunnel, scanner.Phase);
    }
}
