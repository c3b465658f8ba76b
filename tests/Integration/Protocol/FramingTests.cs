namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>How long a request is, read in one way only (RFC 9112 §6, §7): length, coding, chunks.</summary>
public sealed class FramingTests(WireFixture wire) : IClassFixture<WireFixture>
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    // RFC 9110 §8.6: 1*DIGIT and nothing else.
    [Theory]
    [InlineData("+5")]
    [InlineData("-5")]
    [InlineData("-0")]
    [InlineData("0x5")]
    [InlineData("5h")]
    [InlineData("5.0")]
    [InlineData("5e0")]
    [InlineData("5 5")]
    [InlineData("5\t5")]
    [InlineData("5_0")]
    [InlineData("5;5")]
    [InlineData("\"5\"")]
    [InlineData("5\u0001")]
    [InlineData("\u000b5")]
    [InlineData("5\0")]
    [InlineData("5\u00a0")]
    [InlineData("\u00b2")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",5")]
    [InlineData("5,")]
    [InlineData("5, 6")]
    [InlineData("5, 5")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551621")]
    [InlineData("99999999999999999999999999999999")]
    public Task ContentLength_ThatIsNoNumber_IsRefused(string value) =>
        wire.AssertRefusedAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {value}\r\n\r\nhello{Smuggled}", 400);

    [Theory]
    [InlineData("5")]
    [InlineData("005")]
    [InlineData("0000000000000000005")]
    [InlineData("   5   ")]
    [InlineData("\t5\t ")]
    public async Task ContentLength_ThatIsANumber_IsForwardedOnce(string value)
    {
        var request = await wire.AssertForwardedAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:{value}\r\n\r\nhello");

        Assert.Equal("5", request.Field("Content-Length"));
        Assert.Empty(request.Fields("Transfer-Encoding"));
        Assert.Equal("hello", request.Body);
    }

    [Theory]
    [InlineData("5", "6")]
    [InlineData("5", "5")]
    [InlineData("0", "5")]
    [InlineData("5", "0")]
    public Task ContentLength_Twice_IsRefused(string first, string second) =>
        wire.AssertRefusedAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {first}\r\ncontent-length: {second}\r\n\r\nhello{Smuggled}", 400);

    // RFC 9112 §6.1: a message with both may be an attempt at smuggling.
    [Theory]
    [InlineData("Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "Content-Length: 5")]
    [InlineData("Transfer-Encoding: CHUNKED", "content-length: 0")]
    [InlineData("transfer-encoding:\tchunked", "Content-Length: 50")]
    public Task LengthAndCoding_Together_AreRefused(string first, string second) =>
        wire.AssertRefusedAsync($"POST / HTTP/1.1\r\nHost: a\r\n{first}\r\n{second}\r\n\r\n0\r\n\r\n{Smuggled}", 400);

    [Theory]
    [InlineData("identity", 400)]
    [InlineData("gzip", 400)]
    [InlineData("chunked, identity", 400)]
    [InlineData("chunked, gzip", 400)]
    [InlineData("xchunked", 400)]
    [InlineData("chunkedx", 400)]
    [InlineData("chunked;q=1", 400)]
    [InlineData("\"chunked\"", 400)]
    [InlineData("chunk ed", 400)]
    [InlineData("chunked,", 400)]
    [InlineData("", 400)]
    [InlineData("\u000bchunked", 400)]
    [InlineData("chunked\u000c", 400)]
    [InlineData("ch\u00fcnked", 400)]
    [InlineData("gzip, chunked", 501)]
    [InlineData("chunked, chunked", 501)]
    [InlineData(", chunked", 501)]
    [InlineData("identity, chunked", 501)]
    public async Task Coding_OtherThanPlainChunked_IsRefused(string value, int status)
    {
        await wire.AssertRefusedAsync($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {value}\r\n\r\n0\r\n\r\n{Smuggled}", status);
        await wire.AssertRefusedAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: {value}\r\n\r\n0\r\n\r\n{Smuggled}", status);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")]
    [InlineData("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData(" Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding\t: chunked")]
    [InlineData("Transfer-Encoding:\r\n chunked")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked")]
    [InlineData("X: y\nTransfer-Encoding: chunked")]
    [InlineData("X: y\rTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding\0: chunked")]
    public Task Coding_Disguised_IsRefused(string fields) =>
        wire.AssertRefusedAsync($"POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n0\r\n\r\n{Smuggled}", 400);

    [Theory]
    [InlineData("chunked")]
    [InlineData("Chunked")]
    [InlineData("CHUNKED")]
    [InlineData(" \t chunked \t ")]
    public async Task Coding_Chunked_IsReadAndSentAgain(string value)
    {
        var request = await wire.AssertForwardedAsync($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:{value}\r\n\r\n5\r\nhello\r\n0\r\n\r\n");

        Assert.Equal("chunked", request.Field("Transfer-Encoding"));
        Assert.Empty(request.Fields("Content-Length"));
        Assert.Equal("hello", request.Body);
    }

    // RFC 9112 §6.1: an HTTP/1.0 client knows no transfer codings.
    [Theory]
    [InlineData("")]
    [InlineData("Connection: keep-alive\r\n")]
    [InlineData("Connection: keep-alive\r\nContent-Length: 5\r\n")]
    public Task Coding_InHttp10_IsRefused(string fields) =>
        wire.AssertRefusedAsync($"POST / HTTP/1.0\r\nHost: a\r\n{fields}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{Smuggled}", 400);

    // RFC 9110 §9: framing does not depend on the method.
    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("POST")]
    [InlineData("PURGE")]
    [InlineData("M-SEARCH")]
    [InlineData("HEAD")]
    public async Task Body_OnAnyMethod_IsFramedAlike(string method)
    {
        var known = await wire.AssertForwardedAsync($"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n{Smuggled}");
        var chunked = await wire.AssertForwardedAsync($"{method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n23\r\n{Smuggled}\r\n0\r\n\r\n");

        Assert.Equal($"{method} / HTTP/1.1", known.RequestLine);
        Assert.Equal("35", known.Field("Content-Length"));
        Assert.Equal(Smuggled, known.Body);
        Assert.Equal($"{method} / HTTP/1.1", chunked.RequestLine);
        Assert.Equal("chunked", chunked.Field("Transfer-Encoding"));
        Assert.Equal(Smuggled, chunked.Body);
    }

    [Theory]
    [InlineData("GET", "", null)]
    [InlineData("DELETE", "", null)]
    [InlineData("POST", "", "0")]
    [InlineData("POST", "Content-Length: 0\r\n", "0")]
    [InlineData("GET", "Content-Length: 0\r\n", "0")]
    public async Task Request_WithoutBody_HasNone(string method, string fields, string? length)
    {
        var request = await wire.AssertForwardedAsync($"{method} / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

        Assert.Equal("", request.Body);
        Assert.Equal(length, request.Field("Content-Length"));
        Assert.Empty(request.Fields("Transfer-Encoding"));
    }
}
