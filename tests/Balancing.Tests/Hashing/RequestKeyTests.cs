using System.Net;

namespace Net2Secure.Routing.Balancing.Tests.Hashing;

public sealed class RequestKeyTests
{
    [Fact]
    public void TryHash_ClientAddress_IsItsHash() => AssertKey(XxHash64.Of(IPAddress.Parse("10.0.0.1")), Key(HashKeySource.ClientAddress), Request(r => r.ClientAddress = IPAddress.Parse("::ffff:10.0.0.1")));

    [Fact]
    public void TryHash_Header_IsThatOfItsValue() => AssertKey("blue", Key(HashKeySource.Header, "X-Tenant"), Request(r => r.Headers.TryAddWithoutValidation("x-tenant", "blue")));

    [Fact]
    public void TryHash_HeaderOfSeveralLines_CountsAllInOrder()
    {
        var key = Key(HashKeySource.Header, "X-Tenant");
        var one = HashOf(key, Request(r => r.Headers.TryAddWithoutValidation("X-Tenant", ["blue", "red"])));
        Assert.Equal(XxHash64.Of("red", XxHash64.Of("blue")), one);
        Assert.NotEqual(one, HashOf(key, Request(r => r.Headers.TryAddWithoutValidation("X-Tenant", ["red", "blue"]))));
        Assert.NotEqual(one, HashOf(key, Request(r => r.Headers.TryAddWithoutValidation("X-Tenant", "blue"))));
    }

    [Theory]
    [InlineData("id=7", "7")]
    [InlineData("a=1; id=7; b=2", "7")]
    [InlineData("a=1;id=7", "7")]
    [InlineData("a=id=8; \tid=7 ; id=9", "7")]
    [InlineData("xid=8; id=\"7\"", "\"7\"")]
    [InlineData("id=a=b", "a=b")]
    [InlineData("; ;;id=7;", "7")]
    public void TryHash_Cookie_IsTheFirstOfThatName(string cookies, string value) =>
        AssertKey(value, Key(HashKeySource.Cookie, "id"), Request(r => r.Headers.TryAddWithoutValidation("Cookie", cookies)));

    [Theory]
    [InlineData("ID=7")]
    [InlineData("id")]
    [InlineData("id=")]
    [InlineData("xid=7; idx=8; i=d")]
    [InlineData("")]
    public void TryHash_CookieThatIsNotThere_FindsNothing(string cookies) =>
        Assert.False(Key(HashKeySource.Cookie, "id").TryHash(Request(r => r.Headers.TryAddWithoutValidation("Cookie", cookies)), out _));

    [Fact]
    public void TryHash_CookieInASecondLine_IsFound() =>
        AssertKey("7", Key(HashKeySource.Cookie, "id"), Request(r => r.Headers.TryAddWithoutValidation("Cookie", ["a=1", "id=7"])));

    [Theory]
    [InlineData("/?id=7", "7")]
    [InlineData("/p?a=1&ID=7&id=8", "7")]
    [InlineData("/?xid=1&id=a%20b", "a%20b")]
    [InlineData("/?a?id=1&id=x=y", "x=y")]
    public void TryHash_QueryParameter_IsTheFirstOfThatName(string target, string value)
    {
        AssertKey(value, Key(HashKeySource.QueryParameter, "id"), Request(r => r.PathAndQuery = target));
        using var plain = new HttpRequestMessage(HttpMethod.Get, "http://shop" + target);
        AssertKey(value, Key(HashKeySource.QueryParameter, "id"), plain);
    }

    [Theory]
    [InlineData("/id=7")]
    [InlineData("/?id")]
    [InlineData("/?id=&x=1")]
    [InlineData("/?xid=7")]
    [InlineData("*")]
    public void TryHash_QueryParameterThatIsNotThere_FindsNothing(string target) =>
        Assert.False(Key(HashKeySource.QueryParameter, "id").TryHash(Request(r => r.PathAndQuery = target), out _));

    [Theory]
    [InlineData("/a/b?c=d", "/a/b")]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/?", "/")]
    public void TryHash_Path_IsThePathAsItIsSent(string target, string path)
    {
        AssertKey(path, Key(HashKeySource.Path), Request(r => r.PathAndQuery = target));
        using var plain = new HttpRequestMessage(HttpMethod.Get, "http://shop" + target);
        AssertKey(path, Key(HashKeySource.Path), plain);
    }

    [Fact]
    public void TryHash_Custom_IsWhatCodeHasSet()
    {
        AssertKey("k", Key(HashKeySource.Custom), Request(r => r.HashKey = "k"));
        using var plain = new HttpRequestMessage();
        plain.Options.Set(BalancingRequestOptions.HashKey, "k");
        AssertKey("k", Key(HashKeySource.Custom), plain);
    }

    [Theory]
    [InlineData(HashKeySource.ClientAddress)]
    [InlineData(HashKeySource.Custom)]
    [InlineData(HashKeySource.Path)]
    [InlineData(HashKeySource.QueryParameter)]
    [InlineData(HashKeySource.Header)]
    public void TryHash_RequestWithoutAnything_FindsNothing(HashKeySource source)
    {
        using var plain = new HttpRequestMessage();
        Assert.False(Key(source, "x").TryHash(plain, out _));
        plain.RequestUri = new Uri("/relative?x=1", UriKind.Relative);
        Assert.False(Key(source, "x").TryHash(plain, out _));
    }

    [Fact]
    public void TryHash_SeveralPlaces_TakesTheFirstThatIsThereAndNotEmpty()
    {
        var key = new RequestKey([
            new() { Source = HashKeySource.Header, Name = "X-Tenant" }, new() { Source = HashKeySource.Cookie, Name = "id" }, new() { Source = HashKeySource.ClientAddress }]);
        var request = Request(r => (r.ClientAddress, r.PathAndQuery) = (IPAddress.Loopback, "/"));
        AssertKey(XxHash64.Of(IPAddress.Loopback), key, request);
        request.Headers.TryAddWithoutValidation("X-Tenant", "");
        request.Headers.TryAddWithoutValidation("Cookie", "id=7");
        AssertKey("7", key, request);
        request.Headers.Remove("X-Tenant");
        request.Headers.TryAddWithoutValidation("X-Tenant", "blue");
        AssertKey("blue", key, request);
    }

    [Fact]
    public void TryHash_NoPlacesNamed_TakesTheKeyFromCodeAndElseTheAddress()
    {
        var request = Request(r => r.ClientAddress = IPAddress.Loopback);
        AssertKey(XxHash64.Of(IPAddress.Loopback), new RequestKey([]), request);
        request.HashKey = "k";
        AssertKey("k", new RequestKey([]), request);
    }

    [Theory]
    [InlineData(HashKeySource.ClientAddress)]
    [InlineData(HashKeySource.Header)]
    [InlineData(HashKeySource.Cookie)]
    [InlineData(HashKeySource.QueryParameter)]
    [InlineData(HashKeySource.Path)]
    [InlineData(HashKeySource.Custom)]
    public void TryHash_AnySource_AllocatesNothing(HashKeySource source)
    {
        var key = Key(source, "id");
        using var routed = Request(r =>
        {
            (r.ClientAddress, r.HashKey, r.PathAndQuery) = (IPAddress.IPv6Loopback, "k", "/" + new string('p', 3000) + "?a=1&id=7");
            r.Headers.TryAddWithoutValidation("id", "7");
            r.Headers.TryAddWithoutValidation("Cookie", "a=1; b=2; c=3; id=7");
        });
        using var plain = new HttpRequestMessage(HttpMethod.Get, "http://shop/p?a=1&id=7") { Headers = { { "id", "7" }, { "Cookie", "a=1; id=7" } } };
        plain.Options.Set(BalancingRequestOptions.HashKey, "k");
        AssertAllocatesNothing(key, routed, expected: true);
        AssertAllocatesNothing(key, plain, expected: source != HashKeySource.ClientAddress);
    }

    [Fact]
    public void Equals_SamePlacesInOrder_IsEqual()
    {
        Assert.Equal(Key(HashKeySource.Cookie, "a"), Key(HashKeySource.Cookie, "a"));
        Assert.Equal(Key(HashKeySource.Cookie, "a").GetHashCode(), Key(HashKeySource.Cookie, "a").GetHashCode());
        Assert.NotEqual(Key(HashKeySource.Cookie, "a"), Key(HashKeySource.Cookie, "b"));
        Assert.NotEqual(Key(HashKeySource.Cookie, "a"), Key(HashKeySource.Header, "a"));
    }

    private static void AssertAllocatesNothing(RequestKey key, HttpRequestMessage request, bool expected)
    {
        for (var i = 0; i < 100; i++) Assert.Equal(expected, key.TryHash(request, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) key.TryHash(request, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static RequestKey Key(HashKeySource source, string? name = null) => new([new HashKeyOptions { Source = source, Name = name }]);

    private static RoutedRequestMessage Request(Action<RoutedRequestMessage> fill)
    {
        var request = new RoutedRequestMessage();
        fill(request);
        return request;
    }

    private static ulong HashOf(RequestKey key, HttpRequestMessage request)
    {
        Assert.True(key.TryHash(request, out var hash));
        return hash;
    }

    private static void AssertKey(string expected, RequestKey key, HttpRequestMessage request) => AssertKey(XxHash64.Of(expected), key, request);

    private static void AssertKey(ulong expected, RequestKey key, HttpRequestMessage request) => Assert.Equal(expected, HashOf(key, request));
}
