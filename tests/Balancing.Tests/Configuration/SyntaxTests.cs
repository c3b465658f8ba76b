namespace Net2Secure.Routing.Balancing.Tests.Configuration;

/// <summary>The rules for addresses, hosts, tokens and misspelt names.</summary>
public sealed class SyntaxTests
{
    [Theory]
    [InlineData("http://a/", true)]
    [InlineData("https://a:8443/base/path", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("HTTP://A", true)]
    [InlineData(null, false)]
    [InlineData(" ", false)]
    [InlineData("a", false)]
    [InlineData("/a", false)]
    [InlineData("ftp://a/", false)]
    [InlineData("http:///a", false)]
    [InlineData("http://a:0/", false)]
    [InlineData("http://a:65536/", false)]
    [InlineData("http://u:p@a/", false)]
    [InlineData("http://a/?q", false)]
    [InlineData("http://a/#f", false)]
    [InlineData("http://a/ b", false)]
    [InlineData("http://a\\b", false)]
    [InlineData("http://a/\n", false)]
    public void HttpAddress_Problem_OfAUrl(string? address, bool allowed) => Assert.Equal(allowed, HttpAddress.Problem(address) is null);

    [Theory]
    [InlineData("a.example", true)]
    [InlineData("a.example:80", true)]
    [InlineData("a_b", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::1]:65535", true)]
    [InlineData("b\u00fccher.example", true)]
    [InlineData("a.", true)]
    [InlineData("", false)]
    [InlineData(":80", false)]
    [InlineData("a:", false)]
    [InlineData("a:0", false)]
    [InlineData("a:65536", false)]
    [InlineData("a:+1", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("::1", false)]
    [InlineData("[::1", false)]
    [InlineData("[::1]80", false)]
    [InlineData("[a]", false)]
    public void HostSyntax_Problem_OfAHost(string host, bool allowed) => Assert.Equal(allowed, HostSyntax.Problem(host) is null);

    [Theory]
    [InlineData("a-b_c.1!", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a:b", false)]
    [InlineData("\u00e4", false)]
    public void TokenSyntax_IsToken(string text, bool allowed) => Assert.Equal(allowed, TokenSyntax.IsToken(text));

    [Theory]
    [InlineData("RoundRobbin", "RoundRobin")]
    [InlineData("roundrobin", "RoundRobin")]
    [InlineData("Randm", "Random")]
    [InlineData("Leastrequest", "LeastRequests")]
    [InlineData("Fastest", null)]
    [InlineData("x", null)]
    public void NearestName_FindsWhatWasMeant(string word, string? expected) => Assert.Equal(expected, NearestName.Find(word, ["RoundRobin", "Random", "LeastRequests"]));
}
