namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §3.1, RFC 9110 §7.6.1.</summary>
public sealed class StoredFieldsRuleTests
{
    [Fact]
    public void Collect_EndToEndFields_StayAsTheyCame()
    {
        var response = Response(
            ("Content-Encoding", "x-unknown"), ("Content-MD5", "zzz"), ("Content-Range", "bytes 0-1/2"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d; e,f"), ("X-Frame-Options", "deny"), ("x", "  "),
            ("Clear-Site-Data", "\"*\""), ("Age", "x"), ("Date", "whenever"), ("Cache-Control", "max-age=99999999999, Foo"), ("Vary", "a,,b"), ("Expires", "0"), ("ETag", "bad"));
        Assert.Equal(
            [
                "Set-Cookie: a=b", "Set-Cookie: c=d; e,f", "X-Frame-Options: deny", "x: ", "Clear-Site-Data: \"*\"", "Age: x", "Date: whenever", "Cache-Control: max-age=99999999999, Foo", "Vary: a,,b",
                "ETag: bad", "Content-Encoding: x-unknown", "Content-MD5: zzz", "Content-Range: bytes 0-1/2", "Expires: 0",
            ],
            StoredFieldsRule.Collect(response).Select(line => $"{line.Name}: {line.Value.Trim()}"));
    }

    [Fact]
    public void Collect_HopByHopFieldsAndThoseThatConnectionNames_AreLeftOut()
    {
        var response = Response(
            ("Connection", "close, X-Named"), ("Connection", "Content-Length"), ("X-Named", "1"), ("Keep-Alive", "1"), ("TE", "x"), ("Upgrade", "x"), ("Transfer-Encoding", "chunked"), ("Proxy-Authenticate", "x"),
            ("Proxy-Authorization", "x"), ("Proxy-Authentication-Info", "x"), ("Proxy-Connection", "x"), ("X-Kept", "1"), ("Content-Length", "0"));
        Assert.Equal(["X-Kept", "Content-Length"], StoredFieldsRule.Collect(response).Select(line => line.Name));
    }

    [Fact]
    public void WithoutListed_NamesOfNoCache_AreNotKept() => Assert.Equal(
        ["Other"], StoredFieldsRule.WithoutListed([new("Set-Cookie", "a"), new("X", "1"), new("Other", "2")], "set-cookie, x").Select(line => line.Name));

    private static HttpResponseMessage Response(params (string Name, string Value)[] fields)
    {
        var response = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        foreach (var (name, value) in fields)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value)) Assert.True(response.Content.Headers.TryAddWithoutValidation(name, value));
        }

        return response;
    }
}
