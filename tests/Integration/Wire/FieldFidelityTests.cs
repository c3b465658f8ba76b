using System.Text;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>End-to-end fields go on byte for byte, and nothing is added that nobody said (RFC 9110 §5.3, §7.7).</summary>
public sealed class FieldFidelityTests
{
    // UTF-8 as the bytes that it is, each a character here.
    private static readonly string Utf8 = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("grüße, 你好 👋"));

    public static TheoryData<string[]> Lines => new(
        ["X-A: one, two", "X-A: three", "X-A: one, two"],
        ["Accept: text/html;q=0.5", "Accept: */*"],
        ["Cache-Control: no-cache", "Cache-Control: max-age=0, private"],
        ["X-Latin: \u00E4\u00F6\u00FC\u00DF\u00FF\u0080\u00A0x"],
        [$"X-Utf: {Utf8}", $"X-Utf: {Utf8}{Utf8}"],
        [$"Referer: http://a/{Utf8}"],
        ["User-Agent: M\u00F6zilla/5.0 (x; y)  z"],
        ["X-Inner: a  b\tc ,, d;\"q\\\"x\""],
        ["X-Empty:"],
        ["X-Long: " + new string('v', 7000)],
        ["Cookie: a=\"b c\"; d=e=f; " + new string('c', 7000)],
        ["Authorization: Basic dTpw", "If-None-Match: W/\"a\", \"b\"", "Date: Tue, 15 Nov 1994 08:12:31 GMT", "If-Modified-Since: nonsense"],
        ["X-!#$%&'*+.^_`|~9: odd name"],
        ["Range: bytes=0-1,3-", "Accept-Encoding: gzip;q=0, br", "Accept-Language: en", "Accept-Language: de;q=0.1", "Origin: null"]);

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Request_EndToEndFields_ArriveByteForByte(string[] lines)
    {
        var (request, _) = await ExchangeAsync(Get(string.Concat(lines.Select(l => l + "\r\n"))));

        AssertSameLines(lines, request.Fields);
    }

    public static TheoryData<string[]> AnswerLines => new(
        ["X-A: one, two", "X-A: three", "X-A: one, two"],
        [.. Enumerable.Range(0, 60).Select(i => $"Set-Cookie: c{i}=\u00E4{i}; Path=/; Expires=Wed, 21 Oct 2015 07:28:00 GMT")],
        ["WWW-Authenticate: Basic realm=\"a, b\"", "WWW-Authenticate: Bearer"],
        ["X-Latin: \u00E4\u00F6\u00FC\u00DF\u00FF\u0080\u00A0x"],
        [$"X-Utf: {Utf8}", $"X-Utf: {Utf8}{Utf8}"],
        ["Location: http://a/\u00E4?x=%2F"],
        [$"Content-Disposition: attachment; filename=\"{Utf8}\"", $"ETag: \"{Utf8}\"", "Last-Modified: yesterday", "Expires: 0", "Age: old"],
        ["X-Empty:"],
        ["X-Long: " + new string('v', 7000), "Content-Security-Policy: " + new string('p', 7000)],
        ["Vary: *", "Vary: Accept", "Link: </a>; rel=x", "Link: </b>", "Via: 1.1 origin", "Warning: 199 - \"x\"", "Allow: GET, HEAD", "Content-Encoding: gzip", "Content-Language: de, en", "Content-Location: /x"],
        ["Server: origin/1.0 (\u00E4)"],
        ["Date: Tue, 15 Nov 1994 08:12:31 GMT"],
        ["Content-Type: text/plain; charset=\"utf-8\""],
        ["X-!#$%&'*+.^_`|~9: odd name"]);

    [Theory]
    [MemberData(nameof(AnswerLines))]
    public async Task Response_EndToEndFields_ArriveByteForByte(string[] lines)
    {
        var (_, response) = await ExchangeAsync(Get(), $"HTTP/1.1 200 OK\r\n{string.Concat(lines.Select(l => l + "\r\n"))}Content-Length: 2\r\n\r\nhi");

        AssertSameLines(lines, response.Fields);
        Assert.Single(response.Values("Date"));
        Assert.Equal("hi", response.Body);
    }

    [Fact]
    public async Task Request_OfFewFields_GetsNothingButForwardingAndVia()
    {
        var (request, _) = await ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(["Host", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"], request.Fields.Select(f => f.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET", "Content-Type: text/plain\r\n")]
    [InlineData("GET", "Content-Encoding: gzip\r\nContent-Language: de\r\n")]
    [InlineData("DELETE", "Expires: 0\r\nLast-Modified: yesterday\r\nAllow: GET\r\n")]
    public async Task Request_ContentFieldsWithoutContent_GetNoFraming(string method, string fields)
    {
        var (request, _) = await ExchangeAsync($"{method} / HTTP/1.1\r\nHost: {Host}\r\n{fields}\r\n");

        AssertSameLines(fields.Split("\r\n", StringSplitOptions.RemoveEmptyEntries), request.Fields);
        Assert.False(request.Has("Content-Length"));
        Assert.False(request.Has("Transfer-Encoding"));
    }

    [Fact]
    public async Task Response_OfFewFields_GetsADateAndNothingElse()
    {
        var (_, response) = await ExchangeAsync(Get(), Answers.Hi);

        Assert.Equal(["Content-Length", "Date"], response.Fields.Select(f => f.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("Post")]
    [InlineData("head")]
    [InlineData("PURGE")]
    [InlineData("M-SEARCH")]
    public async Task Method_KeepsItsLetters(string method)
    {
        var (request, response) = await ExchangeAsync($"{method} / HTTP/1.1\r\nHost: {Host}\r\n\r\n", Answers.Hi);

        Assert.Equal($"{method} / HTTP/1.1", request.StartLine);
        Assert.Equal("hi", response.Body);
    }

    [Fact]
    public async Task Response_DemandingProxyAuthentication_IsNotPassedOnAsOurs()
    {
        var (_, refused) = await ExchangeAsync(Get(), "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nhi");
        var (_, answered) = await ExchangeAsync(Get(), "HTTP/1.1 200 OK\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal(502, refused.Status);
        Assert.DoesNotContain("Proxy-Authenticate", refused.Head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, answered.Status);
        Assert.DoesNotContain("Proxy-Authenticate", answered.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n\u001F\u008B\0\u00FF!")]
    public async Task Response_OfAnyCoding_IsNeitherDecodedNorRelabelled(string answer)
    {
        var (_, response) = await ExchangeAsync(Get("Accept-Encoding: identity\r\n"), answer);

        Assert.Equal("\u001F\u008B\0\u00FF!", response.Body);
        Assert.Equal("gzip", response.Value("Content-Encoding"));
    }

    [Theory]
    [InlineData("HTTP/1.1 299 Odd But Fine", "HTTP/1.1 299 Odd But Fine")]
    [InlineData("HTTP/1.1 499 Mine", "HTTP/1.1 499 Mine")]
    [InlineData("HTTP/1.1 599", "HTTP/1.1 599 ")]
    [InlineData("HTTP/1.1 404 Gone Fishing", "HTTP/1.1 404 Gone Fishing")]
    [InlineData("HTTP/1.1 200 ", "HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 999 x", "HTTP/1.1 999 x")]
    public async Task Status_OfAnyCodeAndReason_IsKept(string line, string expected)
    {
        var (_, response) = await ExchangeAsync(Get(), line + "\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal(expected, response.StartLine);
        Assert.Equal("hi", response.Body);
    }

    /// <summary>The lines are there, those of one name in their order and none more; the spelling of names and the order of different names are the server's.</summary>
    private static void AssertSameLines(string[] expected, string[] actual)
    {
        foreach (var group in expected.GroupBy(l => l.Split(':')[0], StringComparer.OrdinalIgnoreCase))
        {
            var there = actual.Where(l => l.Split(':')[0].Equals(group.Key, StringComparison.OrdinalIgnoreCase)).Select(Value);
            Assert.Equal(group.Select(Value), there);
        }

        static string Value(string line) => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart(' ');
    }
}
