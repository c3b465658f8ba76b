using System.Globalization;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>The chunked coding (RFC 9112 §7.1). What is malformed is the client's fault (400), and the origin never takes the request for complete.</summary>
public sealed class ChunkTests(WireFixture wire) : IClassFixture<WireFixture>
{
    private const string Head = "POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    public static TheoryData<string> Malformed =>
    [
        // Sizes.
        "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "0X5\r\nhello\r\n0\r\n\r\n", "5_0\r\nhello\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n", "5g\r\nhello\r\n0\r\n\r\n", "5h;x\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n", ";x\r\nhello\r\n0\r\n\r\n",
        "5\0\r\nhello\r\n0\r\n\r\n", "\0005\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "\t5\r\nhello\r\n0\r\n\r\n", "5 5\r\nhello\r\n0\r\n\r\n",
        "5,5\r\nhello\r\n0\r\n\r\n", "5.0\r\nhello\r\n0\r\n\r\n", "\uff15\r\nhello\r\n0\r\n\r\n".Replace('\uff15', '\u00b2'),
        "80000000\r\nhello", "ffffffff\r\nhello", "100000005\r\nhello\r\n0\r\n\r\n", "7fffffffffffffff\r\nhello", "8000000000000000\r\nhello", "ffffffffffffffff\r\nhello",
        "ffffffffffffffffb\r\nhello\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n", "00000000000000005\r\nhello\r\n0\r\n\r\n",
        // Line ends.
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "5\r\nhello\r\r\n0\r\n\r\n",
        // Data that is longer or shorter than its size.
        "4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello  \r\n0\r\n\r\n",
        // Extensions.
        "5;x\0y\r\nhello\r\n0\r\n\r\n", "5;x\ny\r\nhello\r\n0\r\n\r\n", "5;x\ry\r\nhello\r\n0\r\n\r\n", "5 ;x\u0001\r\nhello\r\n0\r\n\r\n", "5 x\r\nhello\r\n0\r\n\r\n",
        // Trailers.
        "0\r\nno colon\r\n\r\n", "0\r\n: x\r\n\r\n", "0\r\na b: x\r\n\r\n", "0\r\na : x\r\n\r\n", "0\r\na: x\0\r\n\r\n", "0\r\na: x\n\r\n", "0\r\na: x\r\n b\r\n\r\n", "0\r\n a: x\r\n\r\n",
        "5\r\nhello\r\n0\r\na: x\ry\r\n\r\n", "5\r\nhello\r\n0;\u0002\r\n\r\n",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Body_Malformed_Is400AndNeverCompleteAtTheOrigin(string body)
    {
        await AssertMalformedAsync(body, pieceSize: 0);
        await AssertMalformedAsync(body, pieceSize: 1);
    }

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", "hello")]
    [InlineData("00000000005\r\nhello\r\n000000000\r\n\r\n", "hello")]
    [InlineData("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789")]
    [InlineData("5;ext\r\nhello\r\n0;last=\"a;b\"\r\n\r\n", "hello")]
    [InlineData("5;\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("000\r\n\r\n", "")]
    public async Task Body_WellFormed_IsForwardedWithoutExtensions(string body, string expected)
    {
        foreach (var pieceSize in new[] { 0, 1 })
        {
            var request = await wire.AssertForwardedAsync(Head + body, pieceSize);

            Assert.Equal(expected, request.Body);
            Assert.Equal("chunked", request.Field("Transfer-Encoding"));
        }
    }

    // RFC 9112 §7.1.1: a recipient has to limit the whole of the extensions.
    [Fact]
    public async Task Extensions_MoreThanTheLimitInOneLine_AreRefused() => await AssertMalformedAsync($"5;{new string('x', 16 * 1024)}\r\nhello\r\n0\r\n\r\n", 0);

    [Fact]
    public async Task Extensions_MoreThanTheLimitInAll_AreRefused()
    {
        var chunk = $"1;{new string('x', 127)}\r\na\r\n";
        await wire.AssertForwardedAsync($"{Head}{string.Concat(Enumerable.Repeat(chunk, 127))}0\r\n\r\n");

        await AssertMalformedAsync(string.Concat(Enumerable.Repeat(chunk, 129)) + "0\r\n\r\n", 0);
    }

    [Fact]
    public async Task Extensions_WithoutEnd_AreRefused()
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync(Head + "5;");
        await client.TrySendAsync(new string('x', 200_000));

        Assert.Equal(400, (await client.ReadResponseAsync()).Status);
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task Trailers_AreForwardedBehindTheBody()
    {
        var request = await wire.AssertForwardedAsync(Head + "5\r\nhello\r\n0\r\nX-Checksum: 1\r\nContent-Length: 9\r\nHost: b\r\nTransfer-Encoding: chunked\r\nAuthorization: c\r\n\r\n");

        Assert.Equal("X-Checksum: 1\r\n", request.Trailers);
        Assert.Empty(request.Fields("X-Checksum"));
    }

    [Theory]
    [InlineData(101, 10)]
    [InlineData(20, 1000)]
    public async Task Trailers_AboveTheLimits_AreRefused(int count, int size)
    {
        var trailers = string.Concat(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"t{i}: {new string('x', size)}\r\n")));

        await AssertMalformedAsync($"0\r\n{trailers}\r\n", 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5\r")]
    [InlineData("5\r\n")]
    [InlineData("5\r\nhel")]
    [InlineData("5\r\nhello")]
    [InlineData("5\r\nhello\r\n")]
    [InlineData("5\r\nhello\r\n0")]
    [InlineData("5\r\nhello\r\n0\r\n")]
    [InlineData("5\r\nhello\r\n0\r\nx: y\r\n")]
    public async Task Body_CutShort_IsNeverCompleteAtTheOrigin(string body)
    {
        await AssertCutAsync(Head + body, reset: false);
        await AssertCutAsync(Head + body, reset: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("hello wor")]
    public async Task Body_OfKnownLengthCutShort_IsNeverCompleteAtTheOrigin(string body)
    {
        const string known = "POST /chunks HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
        await AssertCutAsync(known + body, reset: false);
        await AssertCutAsync(known + body, reset: true);
    }

    private async Task AssertCutAsync(string bytes, bool reset)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync(bytes);
        var request = await wire.Origin.WaitForAsync("/chunks");
        if (reset)
        {
            client.Reset();
        }
        else
        {
            client.FinishSending();
            Assert.True(await client.ReadToEndAsync() is "" or ['H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0', ..]);
        }

        await request.Connection.Ended.WaitAsync(ProxyUnderTest.Patience);
        Assert.False(request.IsComplete);
        await wire.AssertOriginSawAsync(1);
    }

    private async Task AssertMalformedAsync(string body, int pieceSize)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        if (pieceSize == 0) await client.SendAsync(Head + body + Smuggled);
        else
        {
            await client.SendAsync(Head);
            await client.SendAsync(body + Smuggled, pieceSize);
        }

        var response = await client.ReadResponseAsync();
        Assert.Equal(400, response.Status);
        response.AssertProblem();
        await WireFixture.AssertClosedAsync(client, response);
        await AssertAbandonedAsync();
    }

    // Either the origin never heard of the request, or it saw its connection end before the request did.
    private async Task AssertAbandonedAsync()
    {
        foreach (var request in wire.Origin.Requests)
        {
            Assert.Equal("/chunks", request.Target);
            await request.Connection.Ended.WaitAsync(ProxyUnderTest.Patience);
            Assert.False(request.IsComplete);
        }

        Assert.True(wire.Origin.Requests.Count <= 1);
        await wire.AssertOriginSawAsync(wire.Origin.Requests.Count);
    }
}
