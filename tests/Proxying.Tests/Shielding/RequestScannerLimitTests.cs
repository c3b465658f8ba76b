namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>Limits hold to the octet, and give the same answer however the octets arrive.</summary>
public sealed class RequestScannerLimitTests
{
    private const string Chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData(300, 0)]
    [InlineData(301, 414)]
    [InlineData(1000, 414)]
    [InlineData(5000, 414)]
    public void Target_IsAsLongAsAllowed(int length, int status) =>
        Assert.Equal(status, ScanRun.InEveryWay($"GET /{new string('x', length - 1)} HTTP/1.1\r\nHost: a\r\n\r\n", new() { MaxTargetBytes = 300 }).Status);

    // Beyond the longest line that could be in order it is the line that is too long, whatever else is wrong with it.
    [Theory]
    [InlineData("")]
    [InlineData("GET /")]
    [InlineData("G(T /")]
    public void RequestLine_LongerThanAnyMayBe_Is414(string start)
    {
        var options = new RequestGuardOptions { MaxTargetBytes = 300 };
        Assert.Equal(414, ScanRun.InEveryWay(start + new string('x', 400), options).Status);
        Assert.Equal(414, ScanRun.InEveryWay(start + new string('x', 400) + "\r\n", options).Status);
        Assert.Equal(414, ScanRun.InEveryWay(start + new string('x', 400) + "\n", options).Status);
    }

    [Theory]
    [InlineData(1024, 0)]
    [InlineData(1025, 431)]
    [InlineData(1100, 431)]
    [InlineData(4000, 431)]
    public void FieldSection_IsAsLargeAsAllowed(int size, int status) =>
        Assert.Equal(
            status,
            ScanRun.InEveryWay($"GET / HTTP/1.1\r\nHost: a\r\nX:{new string('x', size - 15)}\r\n\r\n", new() { MaxFieldSectionBytes = 1024 }).Status);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 431)]
    public void Fields_AreAsManyAsAllowed(int count, int status)
    {
        var options = new RequestGuardOptions { MaxFields = 2 };
        var lines = string.Concat(Enumerable.Repeat("X: y\r\n", count - 1));
        Assert.Equal(status, ScanRun.InEveryWay($"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n", options).Status);
        Assert.Equal(status, ScanRun.InEveryWay($"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\n\r\n0\r\nX: y\r\n{lines}\r\n", options).Status);
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(21, 431)]
    [InlineData(300, 431)]
    public void TrailerSection_IsAsLargeAsAllowed(int size, int status) =>
        Assert.Equal(status, ScanRun.InEveryWay($"{Chunked}0\r\nX:{new string('x', size - 4)}\r\n\r\n", new() { MaxTrailerSectionBytes = 20 }).Status);

    [Fact]
    public void TrailerSection_WhereNoneIsAllowed_MayBeEmpty()
    {
        var options = new RequestGuardOptions { MaxTrailerSectionBytes = 0 };
        Assert.Equal(0, ScanRun.InEveryWay($"{Chunked}1\r\na\r\n0\r\n\r\n", options).Status);
        Assert.Equal(431, ScanRun.InEveryWay($"{Chunked}0\r\nX: y\r\n\r\n", options).Status);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(11, 400)]
    [InlineData(100, 400)]
    public void Extensions_OfOneLine_AreAsLargeAsAllowed(int size, int status) =>
        Assert.Equal(status, ScanRun.InEveryWay($"{Chunked}1;{new string('x', size - 1)}\r\na\r\n0\r\n\r\n", new() { MaxChunkExtensionBytes = 10 }).Status);

    [Theory]
    [InlineData(";x", 0)]
    [InlineData(";xx", 400)]
    public void Extensions_OfAllLines_AreCountedTogether(string last, int status) =>
        Assert.Equal(
            status,
            ScanRun.InEveryWay($"{Chunked}1;abc\r\na\r\n0000000000000001;abc\r\na\r\n0{last}\r\n\r\n", new() { MaxChunkExtensionBytes = 10 }).Status);

    [Fact]
    public void Extensions_AreCountedForEachBodyAnew()
    {
        var options = new RequestGuardOptions { MaxChunkExtensionBytes = 10 };
        var one = Chunked + "1;abcdefg\r\na\r\n0\r\n\r\n";

        Assert.Equal(0, ScanRun.InEveryWay(one + one, options).Status);
    }

    [Fact]
    public void ManySegments_AreScannedInLinearTime()
    {
        // A head of 30,000 octets that comes one by one: half a thousand million steps if every octet were looked at anew.
        var input = $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 30_000)}\r\n\r\n";
        var run = ScanRun.InPieces(input, [.. Enumerable.Range(1, input.Length - 1)], asSegments: false);

        Assert.Equal(input, run.Shown);
    }
}
