namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Field lines (RFC 9112 §5) and <c>Host</c> (RFC 9110 §7.2, RFC 9112 §3.2).</summary>
public sealed class FieldTests(WireFixture wire) : IClassFixture<WireFixture>
{
    [Theory]
    [InlineData("X : y")]
    [InlineData("X\t: y")]
    [InlineData(": y")]
    [InlineData(":")]
    [InlineData("X")]
    [InlineData("X y")]
    [InlineData("X y: z")]
    [InlineData("X\0: y")]
    [InlineData("X\u0001: y")]
    [InlineData("X(: y")]
    [InlineData("X/: y")]
    [InlineData("X@: y")]
    [InlineData("\"X\": y")]
    [InlineData("X\u00e9: y")]
    [InlineData("X: y\0")]
    [InlineData("X: a\0b")]
    [InlineData("X: a\rb")]
    [InlineData("X: a\nb")]
    [InlineData("X: a\r\r")]
    [InlineData("X: a\u0001b")]
    [InlineData("X: a\u001bb")]
    [InlineData("X: a\u007fb")]
    [InlineData("X: a\r\n b")]
    [InlineData("X: a\r\n\tb")]
    [InlineData("X:\r\n b")]
    [InlineData(" X: y")]
    [InlineData("\tX: y")]
    [InlineData(" ")]
    public async Task FieldLine_Malformed_IsRefused(string line)
    {
        await wire.AssertRefusedAsync($"GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n", 400);
        await wire.AssertRefusedAsync($"GET / HTTP/1.1\r\n{line}\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\n")]
    [InlineData("GET / HTTP/1.1\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n")]
    public Task LineEnd_OtherThanCrLf_IsRefused(string bytes) => wire.AssertRefusedAsync(bytes, 400);

    [Theory]
    [InlineData("X:y", "y")]
    [InlineData("X: \t y \t ", "y")]
    [InlineData("X:", "")]
    [InlineData("X: a\tb  c", "a\tb  c")]
    [InlineData("X: \u00e9\u00ff\u0080", "\u00e9\u00ff\u0080")]
    [InlineData("X: \u00c3\u00a9", "\u00c3\u00a9")]
    [InlineData("X: a: b, \"c;d\" <e>", "a: b, \"c;d\" <e>")]
    public async Task FieldLine_InOrder_KeepsItsBytes(string line, string value)
    {
        var request = await wire.AssertForwardedAsync($"GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n");

        Assert.Equal(value, request.Field("X"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Host: a\r\nHost: a\r\n")]
    [InlineData("Host: a\r\nhost: b\r\n")]
    [InlineData("Host: a\r\nX: y\r\nHOST:\r\n")]
    [InlineData("Host:\r\n")]
    [InlineData("Host: \r\n")]
    [InlineData("Host: a,b\r\n")]
    [InlineData("Host: a, b\r\n")]
    [InlineData("Host: a b\r\n")]
    [InlineData("Host: a\tb\r\n")]
    [InlineData("Host: a/\r\n")]
    [InlineData("Host: a/b\r\n")]
    [InlineData("Host: http://a\r\n")]
    [InlineData("Host: a?b\r\n")]
    [InlineData("Host: a#b\r\n")]
    [InlineData("Host: u@a\r\n")]
    [InlineData("Host: @a\r\n")]
    [InlineData("Host: \"a\"\r\n")]
    [InlineData("Host: 'a'\r\n")]
    [InlineData("Host: <a>\r\n")]
    [InlineData("Host: a\\b\r\n")]
    [InlineData("Host: a:\r\n")]
    [InlineData("Host: a:x\r\n")]
    [InlineData("Host: a:8x\r\n")]
    [InlineData("Host: a:-1\r\n")]
    [InlineData("Host: a:+80\r\n")]
    [InlineData("Host: a:80:80\r\n")]
    [InlineData("Host: a:65536\r\n")]
    [InlineData("Host: :80\r\n")]
    [InlineData("Host: ::1\r\n")]
    [InlineData("Host: [::1\r\n")]
    [InlineData("Host: ::1]\r\n")]
    [InlineData("Host: []\r\n")]
    [InlineData("Host: [a]\r\n")]
    [InlineData("Host: [::1]80\r\n")]
    [InlineData("Host: [::1%25eth0]\r\n")]
    [InlineData("Host: a%00\r\n")]
    [InlineData("Host: a\u00e9\r\n")]
    [InlineData("Host: a\0\r\n")]
    [InlineData("Host: a\r\n b\r\n")]
    public Task Host_ThatDoesNotNameOneHost_IsRefused(string fields) => wire.AssertRefusedAsync($"GET / HTTP/1.1\r\n{fields}\r\n", 400);

    [Theory]
    [InlineData("a")]
    [InlineData("a.b-c_d~e.")]
    [InlineData("a:1")]
    [InlineData("A.example:65535")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[::ffff:1.2.3.4]:443")]
    public async Task Host_ThatNamesOneHost_IsToldToTheOrigin(string host)
    {
        var request = await wire.AssertForwardedAsync($"GET / HTTP/1.1\r\nHost: \t{host} \r\n\r\n");

        Assert.Equal(host, request.Field("X-Forwarded-Host"));
        Assert.Single(request.Fields("Host"));
    }

    [Fact]
    public async Task Host_MissingInHttp10_IsServedAndTheOriginGetsOne()
    {
        var request = await wire.AssertForwardedAsync("GET / HTTP/1.0\r\n\r\n", closes: true);

        Assert.Equal(wire.Origin.Address.Authority, request.Field("Host"));
    }

    [Theory]
    [InlineData("Host: a\r\nHost: a\r\n")]
    [InlineData("Host: a/b\r\n")]
    [InlineData("Host: a b\r\n")]
    public Task Host_MalformedInHttp10_IsRefused(string fields) => wire.AssertRefusedAsync($"GET / HTTP/1.0\r\n{fields}\r\n", 400);
}
