namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §2, RFC 9110 §7.1.</summary>
public sealed class KeyRuleTests
{
    [Theory]
    [InlineData("http://shop.example/a?b=c&b=c", null, "http://shop.example/a?b=c&b=c")]
    [InlineData("http://SHOP.example:80/", null, "http://shop.example/")]
    [InlineData("https://shop.example:443/a#b", null, "https://shop.example/a")]
    [InlineData("https://shop.example:8443/%2f", null, "https://shop.example:8443/%2f")]
    [InlineData("http://10.0.0.1:8080/a", "Shop.Example", "http://shop.example/a")]
    [InlineData("http://10.0.0.1:8080/a", "shop.example:80", "http://shop.example/a")]
    [InlineData("http://10.0.0.1:8080/a", "shop.example:443", "http://shop.example:443/a")]
    public void TryGet_AnyRequest_IsTheUriThatIsAskedFor(string uri, string? host, string expected)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        if (host is not null) request.Headers.TryAddWithoutValidation("Host", host);
        Assert.True(KeyRule.TryGet(request, "", out var key));
        Assert.Equal(new CacheKey(expected), key);
    }

    [Fact]
    public void TryGet_UriGivenByTheCaller_IsTakenAsItIs()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "http://10.0.0.1/x");
        request.Options.Set(CachingRequestOptions.Uri, "https://shop.example/a%41/../b");
        Assert.True(KeyRule.TryGet(request, "p", out var key));
        Assert.Equal(new CacheKey("https://shop.example/a%41/../b", "p"), key);
    }

    [Fact]
    public void TryGet_NoAbsoluteUriOfHttp_IsNoKey()
    {
        Assert.False(KeyRule.TryGet(new HttpRequestMessage(HttpMethod.Get, "/a"), "", out _));
        Assert.False(KeyRule.TryGet(new HttpRequestMessage(HttpMethod.Get, "ftp://a/"), "", out _));
    }

    [Fact]
    public void Keys_OtherPartition_Differ() => Assert.NotEqual(new CacheKey("http://a/", "one"), new CacheKey("http://a/", "two"));
}
