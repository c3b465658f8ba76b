using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §3, §5.2.2; RFC 9110 §15.</summary>
public sealed class StoringRuleTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(299)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(599)]
    public void Decide_AnyFinalStatusWithFreshness_IsStored(int status)
    {
        Assert.Equal(StoringVerdict.Store, Decide(status, "Cache-Control: max-age=60"));
        Assert.Equal(StoringVerdict.Store, Decide(status, $"Expires: {DateAt(60)}"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(103)]
    [InlineData(199)]
    [InlineData(304)]
    [InlineData(416)]
    [InlineData(600)]
    [InlineData(999)]
    public void Decide_InterimOr304OrBeyond_IsNot(int status) => Assert.Equal(StoringVerdict.Status, Decide(status, "Cache-Control: max-age=60"));

    [Theory]
    [InlineData(200, "Store", "ETag: \"a\"")] // for validation
    [InlineData(200, "Store", "Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT")]
    [InlineData(200, "Useless")]
    [InlineData(302, "Useless", "ETag: \"a\"")] // nothing says that it may be stored at all
    [InlineData(302, "Useless", "Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT")]
    [InlineData(302, "Store", "Cache-Control: public", "ETag: \"a\"")]
    [InlineData(500, "Useless", "ETag: \"a\"")]
    [InlineData(200, "Useless", "Cache-Control: max-age=0")]
    [InlineData(200, "Store", "Cache-Control: max-age=0", "ETag: \"a\"")]
    [InlineData(200, "Store", "Cache-Control: max-age=0, stale-if-error=60")]
    [InlineData(200, "Store", "Cache-Control: max-age=0, stale-while-revalidate=60")]
    [InlineData(200, "Store", "Cache-Control: no-cache, max-age=60", "ETag: \"a\"")]
    [InlineData(200, "Useless", "Cache-Control: no-cache, max-age=60")]
    [InlineData(200, "Store", "Pragma: no-cache", "Cache-Control: max-age=60")]
    [InlineData(200, "NoStore", "Cache-Control: no-store, max-age=60")]
    [InlineData(200, "NoStore", "Cache-Control: NO-STORE", "Expires: Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData(200, "Private", "Cache-Control: max-age=60, Private")]
    [InlineData(200, "Store", "Cache-Control: must-understand, no-store, max-age=60")]
    [InlineData(200, "Private", "Cache-Control: must-understand, no-store, private, max-age=60")]
    [InlineData(299, "Status", "Cache-Control: must-understand, max-age=60")]
    [InlineData(599, "Status", "Cache-Control: must-understand, no-store, max-age=60")]
    [InlineData(200, "Store", "CDN-Cache-Control: max-age=60", "Cache-Control: no-store")]
    [InlineData(200, "NoStore", "CDN-Cache-Control: no-store", "Cache-Control: max-age=60")]
    [InlineData(200, "Private", "CDN-Cache-Control: private", "Cache-Control: max-age=60")]
    [InlineData(200, "Vary", "Cache-Control: max-age=60", "Vary: *")]
    [InlineData(206, "Store", "Cache-Control: max-age=60", "Content-Range: bytes 0-9/100")]
    [InlineData(206, "Part", "ETag: \"a\"", "Content-Range: bytes 0-9/100")]
    [InlineData(206, "Part", "Cache-Control: max-age=60")]
    [InlineData(206, "Part", "Cache-Control: max-age=60", "Content-Type: multipart/byteranges; boundary=x")]
    public void Decide_WhatFieldsSay_Counts(int status, string expected, params string[] lines) => Assert.Equal(expected, Decide(status, lines).ToString());

    [Theory]
    [InlineData("Cache-Control: max-age=60", "Authorization")]
    [InlineData("Cache-Control: max-age=60, public", "Store")]
    [InlineData("Cache-Control: max-age=60, must-revalidate", "Store")]
    [InlineData("Cache-Control: s-maxage=60", "Store")]
    [InlineData("Cache-Control: max-age=60, proxy-revalidate", "Authorization")]
    [InlineData("CDN-Cache-Control: max-age=60, public", "Store")]
    public void Decide_RequestWithCredentials_NeedsLeave(string line, string expected)
    {
        // RFC 9111 §3.5
        var policy = Policy(200, line);
        Assert.Equal(expected, StoringRule.Decide(200, View(line), policy, hasCredentials: true, RequestDirectives.None, StoreSetCookie.WhenPublic, isVaryBounded: true).ToString());
    }

    [Theory]
    [InlineData(StoreSetCookie.WhenPublic, "max-age=60", "SetCookie")]
    [InlineData(StoreSetCookie.WhenPublic, "max-age=60, public", "Store")]
    [InlineData(StoreSetCookie.WhenPublic, "s-maxage=60", "Store")]
    [InlineData(StoreSetCookie.WhenPublic, "max-age=60, no-cache=\"set-cookie\"", "Store")]
    [InlineData(StoreSetCookie.Always, "max-age=60", "Store")]
    [InlineData(StoreSetCookie.Never, "s-maxage=60, public", "SetCookie")]
    public void Decide_SetCookie_GoesByTheSetting(StoreSetCookie setting, string cacheControl, string expected)
    {
        // RFC 9111 §7.3
        string[] lines = [$"Cache-Control: {cacheControl}", "Set-Cookie: a=b"];
        Assert.Equal(expected, StoringRule.Decide(200, View(lines), Policy(200, lines), hasCredentials: false, RequestDirectives.None, setting, isVaryBounded: true).ToString());
    }

    [Fact]
    public void Decide_RequestNoStore_IsKept() => Assert.Equal(
        StoringVerdict.RequestNoStore,
        StoringRule.Decide(200, View(), Policy(200, "Cache-Control: max-age=60"), false, RequestDirectives.None with { NoStore = true }, StoreSetCookie.Always, true));

    private static StoringVerdict Decide(int status, params string[] lines) => StoringRule.Decide(
        status, View(lines), Policy(status, lines), hasCredentials: false, RequestDirectives.None, StoreSetCookie.WhenPublic,
        VarianceRule.TryRead(View(lines).Joined("Vary"), View(), out _, out _));
}
